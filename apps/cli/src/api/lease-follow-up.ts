import type { FollowUp } from '@baton/schema';
import type { Api } from './api-command.ts';

/** How long others keep off a follow-up whose end is about to be reported, in milliseconds. */
const LEASE_MS = 15_000;

/** A live token of this very follow-up, due or not; null where it has ended or somebody else works on it. */
export async function leaseFollowUp(api: Api, followUpId: FollowUp['id']): Promise<string | null> {
  const [claimed] = await api.followUps.claim.mutate({ followUpId, leaseMs: LEASE_MS });
  return claimed?.leaseToken ?? null;
}
