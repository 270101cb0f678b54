import { AgentId } from '@baton/schema';
import { z } from 'zod';

/** What of the place Work stands in the address; what nobody can read is left out. */
export const WorkParams = z.object({
  /** Whose work: everybody's without it. */
  of: AgentId.optional().catch(undefined),
  /** How the open follow-ups are grouped, by day without it; or those that were given up. */
  by: z.enum(['assignee', 'given-up']).optional().catch(undefined),
});
export type WorkParams = z.infer<typeof WorkParams>;
