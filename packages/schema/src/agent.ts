import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId } from './id.ts';
import { Milliseconds, pageFields } from './page.ts';
import { identifier, readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const agentKindValues = ['ai', 'human', 'queue'] as const;
export type AgentKind = (typeof agentKindValues)[number];
export interface AgentKindEnum extends NamedEnum<AgentKind> {}
export const AgentKind: AgentKindEnum = z.enum(agentKindValues);

const availabilityValues = ['available', 'away'] as const;
export type Availability = (typeof availabilityValues)[number];
export interface AvailabilityEnum extends NamedEnum<Availability> {}
export const Availability: AvailabilityEnum = z.enum(availabilityValues);

export const agentObject = z.strictObject({
  id: AgentId,
  kind: AgentKind,
  name: text(200),
  /** What it does, in the tenant's own words: `closer`, `support` … */
  roles: z.array(text(64)).max(20),
  /** Most active conversations it may own at once; null for no limit. */
  capacity: z.int().min(0).max(100_000).nullable(),
  availability: Availability,
  /** Who may accept for it: only a queue has members. */
  members: z.array(AgentId).max(200),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export interface Agent extends z.infer<typeof agentObject> {}
export const Agent: NamedSchema<Agent> = named(agentObject);

const registerAgentObject = z
  .strictObject({
    id: AgentId,
    kind: AgentKind,
    name: readableText(200).optional(),
    roles: z.array(identifier(64)).max(20).default([]),
    capacity: z.int().min(0).max(100_000).nullable().default(null),
    availability: Availability.default('available'),
    members: z.array(AgentId).max(200).default([]),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  })
  .refine((agent) => agent.kind === 'queue' || agent.members.length === 0, {
    message: 'Only a queue has members',
    path: ['members'],
  });
export interface RegisterAgent extends z.infer<typeof registerAgentObject> {}
export interface RegisterAgentInput extends z.input<typeof registerAgentObject> {}
export const RegisterAgent: NamedSchema<RegisterAgent, RegisterAgentInput> = named(registerAgentObject);

const updateAgentObject = z.strictObject({
  id: AgentId,
  name: readableText(200).optional(),
  roles: z.array(identifier(64)).max(20).optional(),
  capacity: z.int().min(0).max(100_000).nullable().optional(),
  availability: Availability.optional(),
  members: z.array(AgentId).max(200).optional(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface UpdateAgent extends z.infer<typeof updateAgentObject> {}
export interface UpdateAgentInput extends z.input<typeof updateAgentObject> {}
export const UpdateAgent: NamedSchema<UpdateAgent, UpdateAgentInput> = named(updateAgentObject);

const listAgentsObject = z.strictObject({ kind: AgentKind.optional(), ...pageFields });
export interface ListAgents extends z.infer<typeof listAgentsObject> {}
export interface ListAgentsInput extends z.input<typeof listAgentsObject> {}
export const ListAgents: NamedSchema<ListAgents, ListAgentsInput> = named(listAgentsObject);

const getAgentWorkloadObject = z.strictObject({
  agentId: AgentId.optional(),
  /** An answer has 500 agents at most, by id; the next ones come behind the last of them. */
  after: AgentId.optional(),
});
export interface GetAgentWorkload extends z.infer<typeof getAgentWorkloadObject> {}
export interface GetAgentWorkloadInput extends z.input<typeof getAgentWorkloadObject> {}
export const GetAgentWorkload: NamedSchema<GetAgentWorkload, GetAgentWorkloadInput> =
  named(getAgentWorkloadObject);

/** What an agent has on its hands now. */
export interface AgentWorkload {
  agent: Agent;
  activeConversations: number;
  waitingCustomers: number;
  /** How long its longest waiting customer has waited; null where none waits. */
  longestWaitMs: number | null;
  pendingHandoffs: number;
  followUpsDue: number;
  /** Active conversations ÷ capacity; null without a limit. */
  load: number | null;
}
export const AgentWorkload: NamedSchema<AgentWorkload> = named(
  z.strictObject({
    agent: Agent,
    activeConversations: z.int(),
    waitingCustomers: z.int(),
    longestWaitMs: Milliseconds.nullable(),
    pendingHandoffs: z.int(),
    followUpsDue: z.int(),
    load: z.number().nullable(),
  }),
);
