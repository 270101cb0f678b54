import type { Store } from '@baton/repository';
import type { Actor, AgentId, Right, TenantId } from '@baton/schema';
import type { Report } from './error.ts';

/** Whose key came with a call, and what it allows. */
export type Credential = { tenantId: TenantId; keyId: string; rights: readonly Right[]; agentId: AgentId | null };

/** What every procedure has at hand. */
export type Context = {
  store: Store;
  /** Null where the call carried no key, or none that is known. */
  credential: Credential | null;
  /** Writes an unexpected fault to the log, under the id that the caller is given. */
  report: Report;
  /** When this process began, milliseconds since 1970. */
  startedAt: number;
};

/** The actor of a command that names none. */
export function actorOf({ agentId }: Credential): Actor {
  return agentId === null ? { kind: 'system' } : { kind: 'agent', agentId };
}
