import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { Agent } from './agent.ts';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId, SessionId } from './id.ts';
import { pageFields } from './page.ts';
import { Right, Role } from './role.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** The secret of a link that signs one browser in, once. */
export const SignInToken = text(200);

const signInObject = z.strictObject({ token: SignInToken });
export interface SignIn extends z.infer<typeof signInObject> {}
export interface SignInInput extends z.input<typeof signInObject> {}
export const SignIn: NamedSchema<SignIn, SignInInput> = named(signInObject);

/** How a browser may sign in, besides by a link. */
export interface SignInMethods {
  /** Where it begins to sign in with its company; null where that is not set. */
  company: string | null;
}
export const SignInMethods: NamedSchema<SignInMethods> = named(
  z.strictObject({ company: z.string().nullable() }),
);

/**
 * Whom a link signs in: the caller's own role unless another is given, and the person; without one the browser asks who it
 * is. An `agent` has an agent.
 */
const signInLinkOptionsObject = z.strictObject({ role: Role.optional(), agentId: AgentId.optional() });
export interface SignInLinkOptions extends z.infer<typeof signInLinkOptionsObject> {}
export interface SignInLinkOptionsInput extends z.input<typeof signInLinkOptionsObject> {}
export const CreateSignInLink: NamedSchema<
  SignInLinkOptions | undefined,
  SignInLinkOptionsInput | undefined
> = named(signInLinkOptionsObject.optional());

/** A link's secret, and until when it works. */
export interface SignInLink {
  token: string;
  expiresAt: Timestamp;
}
export const SignInLink: NamedSchema<SignInLink> = named(
  z.strictObject({ token: SignInToken, expiresAt: Timestamp }),
);

/** Who calls: the role, and the agent that acts; in a browser null until the person is picked. */
export interface Session {
  tenantId: string;
  role: Role;
  /** The paths of the procedures that the role may call. */
  may: string[];
  /** The role in the words of the version before, for its clients. */
  rights: Right[];
  agent: Agent | null;
}
export const Session: NamedSchema<Session> = named(
  z.strictObject({
    tenantId: z.string(),
    role: Role,
    may: z.array(z.string()),
    rights: z.array(Right),
    agent: Agent.nullable(),
  }),
);

/** Which human agent the person is. */
const actAsObject = z.strictObject({ agentId: AgentId });
export interface ActAs extends z.infer<typeof actAsObject> {}
export interface ActAsInput extends z.input<typeof actAsObject> {}
export const ActAs: NamedSchema<ActAs, ActAsInput> = named(actAsObject);

/** A browser that is signed in. */
export interface BrowserSession {
  id: SessionId;
  role: Role;
  agentId: AgentId | null;
  /** Its family and its system, such as "Firefox on Linux"; null where it is not known. */
  browser: string | null;
  /** The company's id of the person, where the company has signed it in; null where a link has. */
  subject: string | null;
  createdAt: Timestamp;
  /** When it ends by itself at the latest. */
  expiresAt: Timestamp;
  /** Some minutes behind; null where it was not used yet. */
  lastSeenAt: Timestamp | null;
}
export const BrowserSession: NamedSchema<BrowserSession> = named(
  z.strictObject({
    id: SessionId,
    role: Role,
    agentId: AgentId.nullable(),
    // An answer that a version before keeps for retries does not have them.
    browser: z.string().nullable().default(null),
    subject: z.string().nullable().default(null),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    lastSeenAt: Timestamp.nullable(),
  }),
);

export interface ListSessions {
  limit: number;
  cursor?: string | undefined;
}
export interface ListSessionsInput extends Partial<ListSessions> {}
export const ListSessions: NamedSchema<ListSessions, ListSessionsInput> = named(z.strictObject(pageFields));

export interface RevokeSession {
  sessionId: SessionId;
  idempotencyKey?: string | undefined;
}
export interface RevokeSessionInput {
  sessionId: string;
  idempotencyKey?: string | undefined;
}
export const RevokeSession: NamedSchema<RevokeSession, RevokeSessionInput> = named(
  z.strictObject({ sessionId: SessionId, idempotencyKey: keyedCommandFields.idempotencyKey }),
);
