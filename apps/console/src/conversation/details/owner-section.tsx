import { isClosed } from '@baton/domain';
import { formatCost, formatCompact } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { formatCount } from '../../format/labels.ts';
import { useMe } from '../../session/session-context.ts';
import { AgentLabel, ParticipantLabel } from '../../agents/agent-label.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Elapsed } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';

export function OwnerSection() {
  const { conversation } = useConversation();
  const me = useMe();
  const { owner, metrics, handoffCount } = conversation;
  const byAgent = Object.entries(metrics.byAgent);
  return (
    <CollapsibleSection name="owner" title="Owner" summary={formatCount(handoffCount, 'handoff')}>
      <div className="flex items-center gap-2">
        {owner.agentId === me.id ? (
          <ParticipantLabel kind="human" name="You" />
        ) : (
          <AgentLabel agentId={owner.agentId} />
        )}
        {!isClosed(conversation) && (
          <span className="ml-auto shrink-0 text-ink-3">
            for <Elapsed since={owner.since} />
          </span>
        )}
      </div>
      {byAgent.length > 0 && (
        <table className="mt-3 w-full">
          <thead className="text-left text-meta text-ink-3">
            <tr>
              <th className="pb-1 font-normal">Who spoke</th>
              <th className="pb-1 text-right font-normal">Messages</th>
              <th className="pb-1 text-right font-normal">Tokens</th>
              <th className="pb-1 text-right font-normal">Cost</th>
            </tr>
          </thead>
          <tbody>
            {byAgent.map(([agentId, { messages, inputTokens, outputTokens, costMicros }]) => (
              <tr key={agentId}>
                <td className="max-w-32 py-0.5">
                  <AgentLabel
                    agentId={agentId}
                    isKindShown={false}
                    className="max-w-full align-middle [&>span]:font-normal"
                  />
                </td>
                <td className="py-0.5 text-right">{messages}</td>
                <td className="py-0.5 text-right text-ink-2">
                  {inputTokens + outputTokens === 0 ? '–' : formatCompact(inputTokens + outputTokens)}
                </td>
                <td className="py-0.5 text-right text-ink-2">
                  {costMicros === 0 ? '–' : formatCost(costMicros)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="mt-2 text-meta text-ink-3">
        {metrics.waitingSince !== null ? (
          <span className="text-waiting">
            The customer has waited <Elapsed since={metrics.waitingSince} />
          </span>
        ) : metrics.firstResponseMs === null ? (
          'No reply yet'
        ) : (
          `First reply after ${formatDuration(metrics.firstResponseMs)}`
        )}
      </p>
    </CollapsibleSection>
  );
}
