import { AgentId, Channel, ConversationStatus, SalesStage, Tag, Timestamp } from '@baton/schema';
import { z } from 'zod';

/** A year. */
const MAX_WAIT_MINUTES = 366 * 24 * 60;

/** What the address says of the list. What it does not understand it leaves out. */
const InboxParamsSchema = z.object({
  /** `active` without it. */
  status: z
    .union([ConversationStatus, z.literal('any')])
    .optional()
    .catch(undefined),
  stage: SalesStage.optional().catch(undefined),
  agent: AgentId.optional().catch(undefined),
  channel: Channel.optional().catch(undefined),
  // A tag of digits only reaches here as a number.
  tag: z.coerce.string().pipe(Tag).optional().catch(undefined),
  contact: z.coerce.string().pipe(z.string().min(1).max(200)).optional().catch(undefined),
  /** Changed after this instant. */
  since: Timestamp.optional().catch(undefined),
  /** A customer has waited for an answer longer than so many minutes. */
  waits: z.number().int().min(1).max(MAX_WAIT_MINUTES).optional().catch(undefined),
  /** A follow-up is due. */
  due: z.enum(['overdue', 'today', 'week']).optional().catch(undefined),
  /** Newest change first without it; `waiting`: who waits longest first. */
  sort: z.enum(['change', 'waiting']).optional().catch(undefined),
  /** The entry of the open conversation that is to be seen. */
  at: z.number().int().min(1).optional().catch(undefined),
});
export type InboxParams = z.infer<typeof InboxParamsSchema>;

export function parseInboxParams(params: Record<string, unknown>): InboxParams {
  const parsed = InboxParamsSchema.parse({ ...params, tag: params['tag'], contact: params['contact'] });
  // Parts that are not there stay away from the address.
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}
