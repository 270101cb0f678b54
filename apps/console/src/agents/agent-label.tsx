import type { Actor, AgentKind } from '@baton/schema';
import { Bot, CircleUserRound, Cog, Headset, Users, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAgents } from './use-agents.ts';
import { classNames } from '../ui/class-names.ts';

/** An agent, or another participant of a timeline. */
export type ParticipantKind = AgentKind | 'customer' | 'system' | 'tool';

export const kindLabels: Record<ParticipantKind, string> = {
  customer: 'Customer',
  ai: 'AI',
  human: 'Person',
  queue: 'Queue',
  system: 'System',
  tool: 'Tool',
};

const icons: Record<ParticipantKind, typeof Bot> = {
  customer: CircleUserRound,
  ai: Bot,
  human: Headset,
  queue: Users,
  system: Cog,
  tool: Wrench,
};

export function KindIcon({ kind, className }: { kind: ParticipantKind; className?: string }) {
  const Icon = icons[kind];
  return <Icon size={16} strokeWidth={1.75} aria-hidden className={classNames('shrink-0', className)} />;
}

export type ParticipantLabelProps = {
  kind: ParticipantKind;
  name: ReactNode;
  /** Shows the kind beside the name; screen readers always hear it. */
  isKindShown?: boolean;
  className?: string;
};

/** Icon, name and word, so that nothing is told by colour alone. */
export function ParticipantLabel({ kind, name, isKindShown = true, className }: ParticipantLabelProps) {
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1.5', className)}>
      <KindIcon kind={kind} className={kind === 'human' ? 'text-accent' : 'text-ink-3'} />
      <span className="truncate font-semibold">{name}</span>
      <span className={isKindShown ? 'text-meta text-ink-3' : 'sr-only'}>{kindLabels[kind]}</span>
    </span>
  );
}

export type AgentLabelProps = { agentId: string; isKindShown?: boolean; className?: string };

export function AgentLabel({ agentId, isKindShown, className }: AgentLabelProps) {
  const agents = useAgents();
  return (
    <ParticipantLabel
      kind={agents.kindOf(agentId)}
      name={agents.nameOf(agentId)}
      isKindShown={isKindShown}
      className={className}
    />
  );
}

/** The author of an entry. */
export function ActorLabel({
  actor,
  customer,
  ...rest
}: { actor: Actor; customer: string } & Omit<AgentLabelProps, 'agentId'>) {
  if (actor.kind === 'customer') return <ParticipantLabel kind="customer" name={customer} {...rest} />;
  if (actor.kind === 'system') return <ParticipantLabel kind="system" name="Baton" {...rest} />;
  if (actor.agentId === undefined) return <ParticipantLabel kind="tool" name="Tool" {...rest} />;
  return <AgentLabel agentId={actor.agentId} {...rest} />;
}
