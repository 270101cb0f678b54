import { z } from 'zod';
import { AgentId } from './id.ts';

export const AuthorKind = z.enum(['customer', 'agent', 'system', 'tool']);
export type AuthorKind = z.infer<typeof AuthorKind>;

/** Who said or did something. An agent is always named; a tool may name the agent that it worked for. */
export const Actor = z
  .strictObject({ kind: AuthorKind, agentId: AgentId.optional() })
  .refine((actor) => actor.kind !== 'agent' || actor.agentId !== undefined, {
    message: 'An agent is named by its agentId',
    path: ['agentId'],
  })
  .refine((actor) => actor.agentId === undefined || actor.kind === 'agent' || actor.kind === 'tool', {
    message: 'Only an agent or a tool has an agentId',
    path: ['agentId'],
  });
export type Actor = z.infer<typeof Actor>;
