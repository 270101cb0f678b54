import { z } from 'zod';
import { storedAs } from './storage.ts';

const objectId = () =>
  z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'Expected 24 lower-case hex digits')
    .register(storedAs, { bson: 'objectId' });

export const ConversationId = objectId().brand<'ConversationId'>().register(storedAs, { bson: 'objectId' });
export type ConversationId = z.infer<typeof ConversationId>;

export const HandoffId = objectId().brand<'HandoffId'>().register(storedAs, { bson: 'objectId' });
export type HandoffId = z.infer<typeof HandoffId>;

export const ObjectionId = objectId().brand<'ObjectionId'>().register(storedAs, { bson: 'objectId' });
export type ObjectionId = z.infer<typeof ObjectionId>;

export const FollowUpId = objectId().brand<'FollowUpId'>().register(storedAs, { bson: 'objectId' });
export type FollowUpId = z.infer<typeof FollowUpId>;

export const ApiKeyId = objectId().brand<'ApiKeyId'>().register(storedAs, { bson: 'objectId' });
export type ApiKeyId = z.infer<typeof ApiKeyId>;

export const SessionId = objectId().brand<'SessionId'>().register(storedAs, { bson: 'objectId' });
export type SessionId = z.infer<typeof SessionId>;

/** A tenant's slug. It comes from the credential, never from an input. */
export const TenantId = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'Expected a slug: a letter, then up to 63 of a-z 0-9 _ -')
  .brand<'TenantId'>();
export type TenantId = z.infer<typeof TenantId>;

/** An agent's slug, chosen by the tenant. */
export const AgentId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'Expected a slug: a letter, then up to 63 of a-z 0-9 _')
  .brand<'AgentId'>();
export type AgentId = z.infer<typeof AgentId>;
