import type { AuditActor } from '@baton/schema';
import { useAgents } from '../agents/use-agents.ts';
import { describeActor } from './audit-words.ts';

/** Who did something: a person by name, anything else by what it is. */
export function ActorName({ actor }: { actor: AuditActor }) {
  const { nameOf } = useAgents();
  return actor.agentId === null ? (
    describeActor(actor)
  ) : (
    <b className="font-semibold">{nameOf(actor.agentId)}</b>
  );
}
