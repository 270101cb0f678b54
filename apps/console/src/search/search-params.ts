import { AgentId, AuthorKind, ConversationId, ConversationStatus, SalesStage } from '@baton/schema';
import { z } from 'zod';

/** Longest query that the API takes, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 500;

/** What of the place Search stands in the address; what nobody can read is left out. */
export const SearchParams = z.object({
  // A query of digits only reaches here as a number.
  q: z.coerce.string().pipe(z.string().min(1).max(MAX_QUERY_LENGTH)).optional().catch(undefined),
  /** Each message that matches, rather than each conversation by its best one. */
  in: z.literal('messages').optional().catch(undefined),
  stage: SalesStage.optional().catch(undefined),
  status: ConversationStatus.optional().catch(undefined),
  agent: AgentId.optional().catch(undefined),
  author: AuthorKind.optional().catch(undefined),
  /** Only messages of this conversation. */
  of: ConversationId.optional().catch(undefined),
});
export type SearchParams = z.infer<typeof SearchParams>;

/** Reads an address: each way of searching keeps the filters that it has, and drops the others'. */
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

/** How many filters narrow the search beside its words. */
export function filterCount({ stage, status, agent, author, of }: SearchParams): number {
  return [stage, status, agent, author, of].filter((value) => value !== undefined).length;
}
