import { z } from 'zod';
import type { TypeOf } from './named.ts';
import { storedAs } from './storage.ts';

const objectId = () =>
  z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'Expected 24 lower-case hex digits')
    .register(storedAs, { bson: 'objectId' });

const conversationId = objectId().brand<'ConversationId'>().register(storedAs, { bson: 'objectId' });
export interface ConversationIdSchema extends TypeOf<typeof conversationId> {}
export const ConversationId: ConversationIdSchema = conversationId;
export type ConversationId = z.infer<typeof conversationId>;

const handoffId = objectId().brand<'HandoffId'>().register(storedAs, { bson: 'objectId' });
export interface HandoffIdSchema extends TypeOf<typeof handoffId> {}
export const HandoffId: HandoffIdSchema = handoffId;
export type HandoffId = z.infer<typeof handoffId>;

const objectionId = objectId().brand<'ObjectionId'>().register(storedAs, { bson: 'objectId' });
export interface ObjectionIdSchema extends TypeOf<typeof objectionId> {}
export const ObjectionId: ObjectionIdSchema = objectionId;
export type ObjectionId = z.infer<typeof objectionId>;

const followUpId = objectId().brand<'FollowUpId'>().register(storedAs, { bson: 'objectId' });
export interface FollowUpIdSchema extends TypeOf<typeof followUpId> {}
export const FollowUpId: FollowUpIdSchema = followUpId;
export type FollowUpId = z.infer<typeof followUpId>;

const fileId = objectId().brand<'FileId'>().register(storedAs, { bson: 'objectId' });
export interface FileIdSchema extends TypeOf<typeof fileId> {}
export const FileId: FileIdSchema = fileId;
export type FileId = z.infer<typeof fileId>;

export const ApiKeyId = objectId().brand<'ApiKeyId'>().register(storedAs, { bson: 'objectId' });
export type ApiKeyId = z.infer<typeof ApiKeyId>;

export const SessionId = objectId().brand<'SessionId'>().register(storedAs, { bson: 'objectId' });
export type SessionId = z.infer<typeof SessionId>;

export const ErasureId = objectId().brand<'ErasureId'>().register(storedAs, { bson: 'objectId' });
export type ErasureId = z.infer<typeof ErasureId>;

/** A tenant's slug. It comes from the credential, never from an input. */
export const TenantId = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'Expected a slug: a letter, then up to 63 of a-z 0-9 _ -')
  .brand<'TenantId'>();
export type TenantId = z.infer<typeof TenantId>;

/** An agent's slug, chosen by the tenant. */
const agentId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'Expected a slug: a letter, then up to 63 of a-z 0-9 _')
  .brand<'AgentId'>();
export interface AgentIdSchema extends TypeOf<typeof agentId> {}
export const AgentId: AgentIdSchema = agentId;
export type AgentId = z.infer<typeof agentId>;
