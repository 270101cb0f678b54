import { AgentId, AuthorKind, ConversationId, ConversationStatus, SalesStage } from '@baton/schema';
import { z } from 'zod';
import { TextParam } from '../format/text-param.ts';

/** The API's limit, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 500;

/** The page's search params; invalid ones are dropped. */
export const SearchParams = z.object({
  // A query of digits only reaches here as a number.
  q: TextParam.pipe(z.string().min(1).max(MAX_QUERY_LENGTH)).optional().catch(undefined),
  /** Lists messages rather than conversations. */
  in: z.literal('messages').optional().catch(undefined),
  stage: SalesStage.optional().catch(undefined),
  status: ConversationStatus.optional().catch(undefined),
  agent: AgentId.optional().catch(undefined),
  author: AuthorKind.optional().catch(undefined),
  of: ConversationId.optional().catch(undefined),
});
export type SearchParams = z.infer<typeof SearchParams>;

/** Keeps only the filters of the chosen mode. */
export function parseSearchParams(search: Record<string, unknown>): SearchParams {
  const {
    q,
    in: within,
    stage,
    status,
    agent,
    author,
    of,
  } = SearchParams.parse({ ...search, q: search['q'] ?? undefined });
  const parts = within === 'messages' ? { q, in: within, author, of } : { q, stage, status, agent };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

export function filterCount({ stage, status, agent, author, of }: SearchParams): number {
  return [stage, status, agent, author, of].filter((value) => value !== undefined).length;
}
