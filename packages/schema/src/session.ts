import { z } from 'zod';
import { Right } from './admin.ts';
import { Agent } from './agent.ts';
import { AgentId } from './id.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** The secret of a link that signs one browser in, once. */
export const SignInToken = text(200);

export const SignIn = z.strictObject({ token: SignInToken });

/** A link's secret, and until when it works. */
export const SignInLink = z.strictObject({ token: SignInToken, expiresAt: Timestamp });
export type SignInLink = z.infer<typeof SignInLink>;

/** Who is at the browser: the tenant's rights, and the human agent that the person is; null until one is picked. */
export const Session = z.strictObject({
  tenantId: z.string(),
  rights: z.array(Right),
  agent: Agent.nullable(),
});
export type Session = z.infer<typeof Session>;

/** Which human agent the person is. */
export const ActAs = z.strictObject({ agentId: AgentId });
