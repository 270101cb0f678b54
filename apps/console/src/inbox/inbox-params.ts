import { AgentId, Channel, ConversationStatus, SalesStage, Tag, Timestamp } from '@baton/schema';
import { z } from 'zod';
import { TextParam } from '../format/text-param.ts';

const MAX_WAIT_MINUTES = 366 * 24 * 60;

/** The list's search params; invalid ones are dropped. */
const InboxParamsSchema = z.object({
  /** Default: `active`. */
  status: z
    .union([ConversationStatus, z.literal('any')])
    .optional()
    .catch(undefined),
  stage: SalesStage.optional().catch(undefined),
  agent: AgentId.optional().catch(undefined),
  channel: Channel.optional().catch(undefined),
  tag: TextParam.pipe(Tag).optional().catch(undefined),
  contact: TextParam.pipe(z.string().min(1).max(200)).optional().catch(undefined),
  since: Timestamp.optional().catch(undefined),
  /** Waiting longer than this many minutes. */
  waits: z.number().int().min(1).max(MAX_WAIT_MINUTES).optional().catch(undefined),
  due: z.enum(['overdue', 'today', 'week']).optional().catch(undefined),
  /** Default: newest change first. */
  sort: z.enum(['change', 'waiting']).optional().catch(undefined),
  /** The entry to jump to in the open conversation. */
  at: z.number().int().min(1).optional().catch(undefined),
});
export type InboxParams = z.infer<typeof InboxParamsSchema>;

export function parseInboxParams(params: Record<string, unknown>): InboxParams {
  const parsed = InboxParamsSchema.parse({ ...params, tag: params['tag'], contact: params['contact'] });
  // Undefined params would show in the address.
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}
