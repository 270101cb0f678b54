import { AgentId } from '@baton/schema';
import { z } from 'zod';

/** The page's search params; invalid ones are dropped. */
export const WorkParams = z.object({
  /** Default: everybody's. */
  of: AgentId.optional().catch(undefined),
  /** Default: open follow-ups by day. */
  by: z.enum(['assignee', 'given-up']).optional().catch(undefined),
});
export type WorkParams = z.infer<typeof WorkParams>;
