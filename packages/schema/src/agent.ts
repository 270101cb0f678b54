import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId } from './id.ts';
import { Milliseconds, pageFields } from './page.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const AgentKind = z.enum(['ai', 'human', 'queue']);
export type AgentKind = z.infer<typeof AgentKind>;

export const Availability = z.enum(['available', 'away']);
export type Availability = z.infer<typeof Availability>;

export const Agent = z.strictObject({
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
export type Agent = z.infer<typeof Agent>;

export const RegisterAgent = z
  .strictObject({
    id: AgentId,
    kind: AgentKind,
    name: text(200).optional(),
    roles: z.array(text(64)).max(20).default([]),
    capacity: z.int().min(0).max(100_000).nullable().default(null),
    availability: Availability.default('available'),
    members: z.array(AgentId).max(200).default([]),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  })
  .refine((agent) => agent.kind === 'queue' || agent.members.length === 0, {
    message: 'Only a queue has members',
    path: ['members'],
  });
export type RegisterAgent = z.infer<typeof RegisterAgent>;

export const UpdateAgent = z.strictObject({
  id: AgentId,
  name: text(200).optional(),
  roles: z.array(text(64)).max(20).optional(),
  capacity: z.int().min(0).max(100_000).nullable().optional(),
  availability: Availability.optional(),
  members: z.array(AgentId).max(200).optional(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type UpdateAgent = z.infer<typeof UpdateAgent>;

export const ListAgents = z.strictObject({ kind: AgentKind.optional(), ...pageFields });
export type ListAgents = z.infer<typeof ListAgents>;

export const GetAgentWorkload = z.strictObject({ agentId: AgentId.optional() });
export type GetAgentWorkload = z.infer<typeof GetAgentWorkload>;

/** What an agent has on its hands now. */
export const AgentWorkload = z.strictObject({
  agent: Agent,
  activeConversations: z.int(),
  waitingCustomers: z.int(),
  /** How long its longest waiting customer has waited; null where none waits. */
  longestWaitMs: Milliseconds.nullable(),
  pendingHandoffs: z.int(),
  followUpsDue: z.int(),
  /** Active conversations ÷ capacity; null without a limit. */
  load: z.number().nullable(),
});
export type AgentWorkload = z.infer<typeof AgentWorkload>;
