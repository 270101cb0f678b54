import { z } from 'zod';
import { named, type NamedSchema, type TypeOf } from './named.ts';
import { AgentId } from './id.ts';

const authorKindEnum = z.enum(['customer', 'agent', 'system', 'tool']);
export type AuthorKind = z.infer<typeof authorKindEnum>;
export interface AuthorKindEnum extends TypeOf<typeof authorKindEnum> {}
export const AuthorKind: AuthorKindEnum = authorKindEnum;

/** Who said or did something. An agent is always named; a tool may name the agent that it worked for. */
const actorObject = z
  .strictObject({ kind: AuthorKind, agentId: AgentId.optional() })
  .refine((actor) => actor.kind !== 'agent' || actor.agentId !== undefined, {
    message: 'An agent is named by its agentId',
    path: ['agentId'],
  })
  .refine((actor) => actor.agentId === undefined || actor.kind === 'agent' || actor.kind === 'tool', {
    message: 'Only an agent or a tool has an agentId',
    path: ['agentId'],
  });
export interface Actor extends z.infer<typeof actorObject> {}
export interface ActorInput extends z.input<typeof actorObject> {}
export interface ActorSchema extends NamedSchema<Actor, ActorInput> {}
export const Actor: ActorSchema = named<Actor, ActorInput>(actorObject);
