import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { AgentId } from './id.ts';

const authorKindValues = ['customer', 'agent', 'system', 'tool'] as const;
export type AuthorKind = (typeof authorKindValues)[number];
export interface AuthorKindEnum extends NamedEnum<AuthorKind> {}
export const AuthorKind: AuthorKindEnum = z.enum(authorKindValues);

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
