import type { CountedConversation, MetricsFigure, MetricsPeriod } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { useAgents } from '../agents/use-agents.ts';
import { AgentLabel } from '../agents/agent-label.tsx';
import { StageBar } from '../ui/stage-bar.tsx';
import { Time } from '../ui/time.tsx';
import { Drawer } from './drawer.tsx';
import { useCountedConversations } from './use-drilldown.ts';
import { formatAmount, drilldownSummary, drilldownTitle } from './drilldown.ts';
import { ContactName } from '../ui/contact-name.tsx';

const PAGE_SIZE = 100;

function DrilldownRow({
  figure,
  counted: { conversation, amount },
}: {
  figure: MetricsFigure;
  counted: CountedConversation;
}) {
  const { id, stage, owner, createdAt } = conversation;
  return (
    <li className="border-b border-line">
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: id }}
        search={{ status: 'any' }}
        className="block px-4 py-2 -outline-offset-2 hover:bg-hover"
      >
        <ContactName of={conversation} className="block" />
        <span className="mt-0.5 flex items-center gap-2.5 text-meta text-ink-2">
          <StageBar stage={stage} />
          <AgentLabel agentId={owner.agentId} isKindShown={false} className="min-w-0 [&>span]:font-normal" />
          <span className="ml-auto shrink-0">
            {formatAmount(figure, amount) ?? <Time at={createdAt} form="short" />}
          </span>
        </span>
      </Link>
    </li>
  );
}

export type DrilldownDialogProps = { figure: MetricsFigure; input: MetricsPeriod; onClose: () => void };

/** The conversations that a figure counts, each with its share. */
export function DrilldownDialog({ figure, input, onClose }: DrilldownDialogProps) {
  const agents = useAgents();
  const pages = useCountedConversations(figure, input, PAGE_SIZE);
  return (
    <Drawer
      title={drilldownTitle(figure, agents.nameOf)}
      summary={(items) =>
        drilldownSummary(
          figure,
          items.map(({ amount }) => amount),
          pages,
        )
      }
      pages={pages}
      renderRow={(counted) => (
        <DrilldownRow key={counted.conversation.id} figure={figure} counted={counted} />
      )}
      moreLabel={`Show ${PAGE_SIZE} more`}
      onClose={onClose}
    />
  );
}
