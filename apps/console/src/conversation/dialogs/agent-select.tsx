import type { Agent, AgentId } from '@baton/schema';
import { isolate } from '../../format/isolate.ts';
import { useMe } from '../../session/session-context.ts';
import { KindIcon, kindLabels } from '../../agents/agent-label.tsx';
import { Select } from '../../ui/select.tsx';

export type AgentSelectProps = {
  label: string;
  agents: readonly Agent[];
  value: AgentId | null;
  onChange: (agentId: AgentId | null) => void;
  /** The label of choosing nobody; without it an agent must be chosen. */
  nobody?: string;
};

const NOBODY = '-';

export function AgentSelect({ label, agents, value, onChange, nobody }: AgentSelectProps) {
  const me = useMe();
  const choices = agents.map((agent) => ({
    value: agent.id as string,
    label: agent.id === me.id ? `${isolate(agent.name)} (you)` : agent.name,
    icon: <KindIcon kind={agent.kind} className="text-ink-3" />,
    note: agent.availability === 'away' ? `${kindLabels[agent.kind]}, away` : kindLabels[agent.kind],
  }));
  return (
    <Select
      label={label}
      isLabelShown
      value={value ?? (nobody === undefined ? '' : NOBODY)}
      choices={
        nobody === undefined
          ? choices
          : [{ value: NOBODY, label: nobody, icon: undefined, note: undefined }, ...choices]
      }
      onChange={(next) => onChange(agents.find(({ id }) => id === next)?.id ?? null)}
    />
  );
}
