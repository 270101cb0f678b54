import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId, ApiKeyId } from './id.ts';
import { named, type NamedSchema } from './named.ts';
import { pageFields } from './page.ts';
import { Role } from './role.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const DAY_MS = 24 * 3_600_000;

export interface ApiKey {
  id: ApiKeyId;
  name: string;
  /** The first characters, to tell keys apart. */
  prefix: string;
  role: Role;
  /** The agent that it acts as; of an `app` and more, where a command names none. */
  agentId: AgentId | null;
  createdAt: Timestamp;
  revokedAt: Timestamp | null;
  /** When it ends by itself; null for never. */
  expiresAt: Timestamp | null;
  /** Some minutes behind; null where it was not used yet. */
  lastUsedAt: Timestamp | null;
  /** Until when the secret before the latest rotation works; null where none does. */
  previousUntil: Timestamp | null;
}
const apiKeyFields = {
  id: ApiKeyId,
  name: text(100),
  prefix: z.string(),
  role: Role,
  agentId: AgentId.nullable(),
  createdAt: Timestamp,
  revokedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
  previousUntil: Timestamp.nullable(),
};
export const ApiKey: NamedSchema<ApiKey> = named(z.strictObject(apiKeyFields));

export interface CreatedApiKey extends ApiKey {
  /** Shown this once; null where the same call is sent again, since only a hash is kept. */
  key: string | null;
}
export const CreatedApiKey: NamedSchema<CreatedApiKey> = named(
  z.strictObject({ ...apiKeyFields, key: z.string().nullable() }),
);

const { idempotencyKey } = keyedCommandFields;

export interface CreateApiKey {
  name: string;
  role: Role;
  /** An `agent` has one. */
  agentId?: AgentId | undefined;
  /** When it ends by itself. */
  expiresAt?: Timestamp | undefined;
  idempotencyKey?: string | undefined;
}
export interface CreateApiKeyInput extends Omit<CreateApiKey, 'agentId'> {
  agentId?: string | undefined;
}
export const CreateApiKey: NamedSchema<CreateApiKey, CreateApiKeyInput> = named(
  z.strictObject({
    name: readableText(100),
    role: Role,
    agentId: AgentId.optional(),
    expiresAt: Timestamp.optional(),
    idempotencyKey,
  }),
);

export interface ListApiKeys {
  limit: number;
  cursor?: string | undefined;
}
export interface ListApiKeysInput extends Partial<ListApiKeys> {}
export const ListApiKeys: NamedSchema<ListApiKeys, ListApiKeysInput> = named(z.strictObject(pageFields));

export interface RevokeApiKey {
  keyId: ApiKeyId;
  idempotencyKey?: string | undefined;
}
export interface RevokeApiKeyInput {
  keyId: string;
  idempotencyKey?: string | undefined;
}
export const RevokeApiKey: NamedSchema<RevokeApiKey, RevokeApiKeyInput> = named(
  z.strictObject({ keyId: ApiKeyId, idempotencyKey }),
);

export interface RotateApiKey extends RevokeApiKey {
  /** How long the secret before goes on working, in milliseconds: a day without it, 30 days at most. */
  overlapMs: number;
}
export interface RotateApiKeyInput extends RevokeApiKeyInput {
  overlapMs?: number | undefined;
}
export const RotateApiKey: NamedSchema<RotateApiKey, RotateApiKeyInput> = named(
  z.strictObject({
    keyId: ApiKeyId,
    overlapMs: z
      .int()
      .min(0)
      .max(30 * DAY_MS)
      .default(DAY_MS),
    idempotencyKey,
  }),
);
