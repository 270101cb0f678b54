import type { Actor, AgentKind } from '@baton/schema';
import { Bot, CircleUserRound, Cog, Headset, Users, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAgents } from './use-agents.ts';
import { classNames } from '../ui/class-names.ts';

/** Whoever can stand in a timeline. */
export type Kind = AgentKind | 'customer' | 'system' | 'tool';

export const kindWords: Record<Kind, string> = {
  customer: 'Customer',
  ai: 'AI',
  human: 'Person',
  queue: 'Queue',
  system: 'System',
  tool: 'Tool',
};

const icons: Record<Kind, typeof Bot> = {
  customer: CircleUserRound,
  ai: Bot,
  human: Headset,
  queue: Users,
  system: Cog,
  tool: Wrench,
};

export function KindIcon({ kind, className }: { kind: Kind; className?: string }) {
  const Icon = icons[kind];
  return <Icon size={16} strokeWidth={1.75} aria-hidden className={classNames('shrink-0', className)} />;
}

export type MarkProps = {
  kind: Kind;
  name: ReactNode;
  /** The word of the kind stands beside the name; without it only those who cannot see the icon get it. */
  isKindShown?: boolean;
  className?: string;
};

/** An icon, a name and a word: never colour alone. */
export function Mark({ kind, name, isKindShown = true, className }: MarkProps) {
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1.5', className)}>
      <KindIcon kind={kind} className={kind === 'human' ? 'text-accent' : 'text-ink-3'} />
      <span className="truncate font-semibold">{name}</span>
      <span className={isKindShown ? 'text-meta text-ink-3' : 'sr-only'}>{kindWords[kind]}</span>
    </span>
  );
}

export type AgentMarkProps = { agentId: string; isKindShown?: boolean; className?: string };

/** An agent by its id, with the name and kind that it is registered under. */
export function AgentMark({ agentId, isKindShown, className }: AgentMarkProps) {
  const agents = useAgents();
  return (
    <Mark
      kind={agents.kindOf(agentId)}
      name={agents.nameOf(agentId)}
      isKindShown={isKindShown}
      className={className}
    />
  );
}

/** Who did or said something. */
export function ActorMark({
  actor,
  customer,
  ...rest
}: { actor: Actor; customer: string } & Omit<AgentMarkProps, 'agentId'>) {
  if (actor.kind === 'customer') return <Mark kind="customer" name={customer} {...rest} />;
  if (actor.kind === 'system') return <Mark kind="system" name="Baton" {...rest} />;
  if (actor.agentId === undefined) return <Mark kind="tool" name="Tool" {...rest} />;
  return <AgentMark agentId={actor.agentId} {...rest} />;
}
