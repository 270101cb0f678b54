import type { TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';

/** A credential, and whether its tenant is suspended; it then opens nothing. */
export type Suspendable<Credential> = Credential & { isTenantSuspended?: true };

/** Those of the credentials with what their tenants say. */
export async function withSuspension<Credential extends { tenantId: TenantId }>(
  { tenants }: Collections,
  credentials: readonly Credential[],
): Promise<Suspendable<Credential>[]> {
  const tenantIds = [...new Set(credentials.map(({ tenantId }) => tenantId))];
  if (tenantIds.length === 0) return [];
  const found = await tenants
    .acrossTenants('credential')
    .find(
      { ...byIds(tenantIds), suspendedAt: { $exists: true } },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const suspended = new Set(found.map(({ _id }) => String(_id)));
  return credentials.map((credential) =>
    suspended.has(credential.tenantId) ? { ...credential, isTenantSuspended: true } : credential,
  );
}
