import type { Caller, Store } from '@baton/repository';
import {
  AppendMessage,
  ClaimFollowUps,
  ListConversations,
  ListMessages,
  SearchMessages,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { cyclicElement } from '../cyclic-element.ts';
import { messageText } from '../message-text.ts';
import { RARE_WORD, type Sample } from './fill-tenants.ts';

/** A call gave nothing where it should have, so its figures are worth nothing. */
export class SizeError extends Error {
  override readonly name = 'SizeError';
}

const MONTH_MS = 30 * 24 * 3_600_000;
const LEASE_MS = 3_600_000;

const callerOf = (tenantId: TenantId): Caller => ({ tenantId, actor: { kind: 'system' }, mayForce: false });

/** Far apart for neighbouring numbers, so that no call finds what the one before has just read. */
const spread = <Item>(items: readonly Item[], number: number): Item => cyclicElement(items, number * 7_919);

/** What callers do all day; each takes the number of the call. */
export function hotCalls(
  store: Store,
  { all, open, tenants }: Sample,
): Record<string, (number: number) => Promise<unknown>> {
  const tenantOf = (number: number) => spread(tenants, number);
  return {
    'conversations.get': (number) => {
      const { tenantId, conversationId } = spread(all, number);
      return store.conversations.get(tenantId, { conversationId });
    },
    'messages.list': (number) => {
      const { tenantId, conversationId } = spread(all, number);
      return store.messages.list(tenantId, ListMessages.parse({ conversationId, order: 'newest' }));
    },
    'conversations.list, active': (number) =>
      store.conversations.list(tenantOf(number), ListConversations.parse({ status: 'active' })),
    'messages.append': (number) => {
      const { tenantId, conversationId } = spread(open, number);
      const clientMessageId = `size-${number}`;
      const author = { kind: 'customer' as const };
      const input = AppendMessage.parse({
        conversationId,
        clientMessageId,
        author,
        text: messageText(number),
      });
      return store.execute(callerOf(tenantId), 'messages.append', input);
    },
    'search.messages, a rare word': async (number) => {
      const { items } = await store.search.messages(
        tenantOf(number),
        SearchMessages.parse({ text: RARE_WORD }),
      );
      if (items.length === 0) throw new SizeError(`No message has ${RARE_WORD}`);
    },
    'metrics.overview, 30 days': (number) =>
      store.metrics.overview(tenantOf(number), { from: timestamp(Date.now() - MONTH_MS - number) }),
    'followUps.claim': async (number) => {
      const claimed = await store.followUps.claim(
        tenantOf(number),
        ClaimFollowUps.parse({ leaseMs: LEASE_MS }),
      );
      if (claimed.length === 0) throw new SizeError('No follow-up is due');
    },
  };
}
