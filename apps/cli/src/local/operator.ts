import { userInfo } from 'node:os';
import type { AuditActor } from '@baton/schema';

/** Whoever runs a command on the store, by the account on this machine; in a container it may have no name. */
export function operator(account: () => { username: string } = userInfo): AuditActor {
  return { kind: 'operator', id: nameOf(account), agentId: null };
}

function nameOf(account: () => { username: string }): string | null {
  try {
    return account().username;
  } catch {
    return null;
  }
}
