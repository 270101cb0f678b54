import { AgentId } from '@baton/schema';
import { z } from 'zod';

/** What of the place Work stands in the address; what nobody can read is left out. */
export const WorkSearch = z.object({
  /** Whose work: everybody's without it. */
  of: AgentId.optional().catch(undefined),
  /** How follow-ups are grouped: by day without it. */
  by: z.literal('assignee').optional().catch(undefined),
});
export type WorkSearch = z.infer<typeof WorkSearch>;
