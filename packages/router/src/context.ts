import type { Store } from '@baton/repository';
import type {
  Actor,
  AgentId,
  ApiKeyId,
  AuditActor,
  CallLimits,
  ErrorCode,
  Readiness,
  Role,
  SessionId,
  TenantId,
} from '@baton/schema';
import type { BatchAnswers } from './batch-answers.ts';
import type { Report } from './error.ts';

/** Whose key or cookie came with a call, and what it allows. */
export type Credential = {
  tenantId: TenantId;
  role: Role;
  /** Who acts: the only one that an `agent` or a `manager` is, and of others where a command names nobody. */
  agentId: AgentId | null;
  /** The key that the call came with or its session comes from; null where nobody wrote it down. */
  keyId: ApiKeyId | null;
  /** Of the key's secret that the call came with; none where it came with a session. */
  secretHash?: string;
  /** The browser's session; null where the call came with a key or a token. */
  sessionId: SessionId | null;
  /** The company's own JWT that the call came with: whose it is, and when it ends, in milliseconds since 1970. */
  token?: { subject: string; expiresAt: number };
  /** Its tenant is suspended: it opens nothing. */
  isTenantSuspended?: true;
};

/** Told of why a credential opens nothing any more. */
export type OnEnded = (why: 'UNAUTHORIZED' | 'TENANT_SUSPENDED') => void;

/** A call that has its answer. */
export type EndedCall = {
  path: string;
  code: ErrorCode | 'OK';
  /** From the head of its request on. */
  tookMs: number;
};

/** A call that is followed from its beginning to its end. */
export type CallSpan = {
  /** Does work as a part of the call. */
  run: <Result>(work: () => Result) => Result;
  /** @param input as it came; nothing of it but ids is looked at */
  end: (code: EndedCall['code'], input: unknown) => void;
};

/** What every procedure has at hand. */
export type Context = {
  store: Store;
  /** Whether the server is ready, by a look that is a second old at most; takes a second at most. */
  readiness: () => Promise<Readiness>;
  /** What bounds the calls of a credential. */
  limitsOf: (credential: Credential) => CallLimits;
  /** When the request came, as `performance.now()` had it. */
  receivedAt: number;
  /** How many calls the request makes. */
  calls: number;
  /** What bounds their answers; null where there is one call alone. */
  answers: BatchAnswers | null;
  /**
   * Looks up whose call it is, once a request and only where a procedure asks; null where it carries no key
   * and no cookie, or none that is known.
   * @throws Refusal UNAUTHORIZED for a company's token, which says what is wrong with it
   */
  authenticate: () => Promise<Credential | null>;
  /** Makes the next `authenticate` ask anew, where the call has waited: what was good may have ended. */
  forgetCredential: () => void;
  /** The address that the request comes from, as a proxy in front that is trusted has it. */
  address: () => string;
  /** The browser that the request comes from, its family and its system; null where it does not say. */
  browser: () => string | null;
  /** Where a browser begins to sign in with its company; null where that is not set. */
  companySignIn: string | null;
  /** Waits for a tenant's turn to begin a call; null where it may begin at once. */
  takeTurn: (tenantId: TenantId) => Promise<void> | null;
  /** Says when a credential ends, as a call that lasts must know: its key is revoked, or its session ends. */
  watchCredential: (credential: Credential, onEnded: OnEnded) => Disposable;
  /** Whether answers are validated that are documents of ours; others always are. */
  validatesAnswers: boolean;
  /** Writes an unexpected fault to the log, under the id that the caller is given. */
  report: Report;
  /** Told of each call that ends, a feed's once it is open; quick, and throws nothing. */
  onCall?: ((call: EndedCall) => void) | undefined;
  /** Follows a call; absent where nobody does. */
  openSpan?: ((path: string) => CallSpan) | undefined;
  /** Gives the browser the cookie of its session, or takes it away. */
  setSession: (secret: string | null) => void;
  /** When the server began, as `performance.now()` had it. */
  startedAt: number;
};

/** The actor of a command that names none. */
export function actorOfCredential({ agentId }: Credential): Actor {
  return agentId === null ? { kind: 'system' } : { kind: 'agent', agentId };
}

/** Who the credential is in the audit log. */
export function auditActorOf({ keyId, sessionId, token, agentId }: Credential): AuditActor {
  if (token !== undefined) return { kind: 'token', id: token.subject, agentId };
  return sessionId === null
    ? { kind: 'key', id: keyId, agentId }
    : { kind: 'session', id: sessionId, agentId };
}
