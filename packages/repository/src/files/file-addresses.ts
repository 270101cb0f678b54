import { createHash, randomBytes } from 'node:crypto';
import { type FileAddress, type FileId, type TenantId, timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

const TOKEN_BYTES = 32;
/** How long an address is good, in milliseconds. */
export const ADDRESS_MS = 10 * 60_000;

type FileToken = WireDocument<'file_tokens'>;

/** No salt or slow hash is needed: a token has 256 random bits. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new address of a file. It ends by itself, with the file, and at once where its document is deleted. */
export async function newAddress(
  { file_tokens: tokens, clock }: Collections,
  tenantId: TenantId,
  fileId: FileId,
  use: FileToken['use'],
): Promise<FileAddress> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = timestamp(clock.now() + ADDRESS_MS);
  await tokens.collection.insertOne(tokens.encode({ _id: hashOf(token), tenantId, fileId, use, expiresAt }), {
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  return {
    url: `/files/${fileId}?token=${token}`,
    method: use === 'upload' ? 'PUT' : 'GET',
    expiresAt,
  };
}

/** Whose file an address opens; null where it opens nothing, or not any more. */
export async function tenantOfAddress(
  { file_tokens: tokens, tenants, clock }: Collections,
  { fileId, token, use }: Pick<FileToken, 'fileId' | 'use'> & { token: string },
): Promise<TenantId | null> {
  const maxTimeMS = READ_TIMEOUT_MS;
  const document = await tokens.acrossTenants('file address').findOne(byId(hashOf(token)), { maxTimeMS });
  const found = document && tokens.tryDecode(document);
  if (found?.fileId !== fileId || found.use !== use || found.expiresAt <= timestamp(clock.now())) return null;
  const suspended = await tenants.collection.findOne(
    { ...byId(found.tenantId), suspendedAt: { $exists: true } },
    { projection: { _id: 1 }, maxTimeMS },
  );
  return suspended === null ? found.tenantId : null;
}
