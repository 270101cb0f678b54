import type { CountedConversation, MetricsFigure, MetricsPeriod } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { useAgents } from '../agents/use-agents.ts';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { AgentMark } from '../agents/agent-label.tsx';
import { StageBar } from '../ui/stage-bar.tsx';
import { Time } from '../ui/time.tsx';
import { usePages } from '../lists/use-pages.ts';
import { BesideDialog } from './drawer.tsx';
import { amountWords, behindSummary, behindTitle } from './drilldown.ts';

const PAGE = 100;

function Row({
  behind,
  counted: { conversation, amount },
}: {
  behind: MetricsFigure;
  counted: CountedConversation;
}) {
  const { id, contactId, stage, owner, createdAt } = conversation;
  return (
    <li className="border-b border-line">
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: id }}
        search={{ status: 'any' }}
        className="block px-4 py-2 -outline-offset-2 hover:bg-hover"
      >
        <span className="block truncate font-semibold">{contactId}</span>
        <span className="mt-0.5 flex items-center gap-2.5 text-meta text-ink-2">
          <StageBar stage={stage} />
          <AgentMark agentId={owner.agentId} isKindShown={false} className="min-w-0 [&>span]:font-normal" />
          <span className="ml-auto shrink-0">
            {amountWords(behind, amount) ?? <Time at={createdAt} form="short" />}
          </span>
        </span>
      </Link>
    </li>
  );
}

export type BehindDialogProps = { behind: MetricsFigure; input: MetricsPeriod; onClose: () => void };

/** The conversations that a figure counts, each with what it adds to it; each opens. */
export function BehindDialog({ behind, input, onClose }: BehindDialogProps) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const agents = useAgents();
  const pages = usePages({
    queryKey: [...trpc.metrics.conversations.pathKey(), { ...input, behind }],
    read: (cursor, signal) =>
      api.metrics.conversations.query({ ...input, behind, limit: PAGE, cursor }, { signal }),
  });
  return (
    <BesideDialog
      title={behindTitle(behind, agents.nameOf)}
      summary={(items) =>
        behindSummary(
          behind,
          items.map(({ amount }) => amount),
          pages,
        )
      }
      pages={pages}
      row={(counted) => <Row key={counted.conversation.id} behind={behind} counted={counted} />}
      more={`Show ${PAGE} more`}
      onClose={onClose}
    />
  );
}
