import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { caller, conversations, fail, openFaulty, useFaultyMongod } from '../../test/faulty-store.ts';

useFaultyMongod();

const flood = TenantId.parse('flood');
const SLOW_MS = 500;

describe('while one tenant searches for a common word over many connections', () => {
  test("another tenant's conversations are read at once", async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    await fail(['aggregate'], 'alwaysOn', { blockConnection: true, blockTimeMS: SLOW_MS });
    const searches = Array.from({ length: 120 }, () =>
      store.search.messages(flood, { text: 'price', limit: 1 }).catch(() => undefined),
    );
    const from = performance.now();
    for (let call = 0; call < 5; call += 1)
      await store.conversations.get(caller.tenantId, { conversationId: conversation.id });
    expect(performance.now() - from).toBeLessThan(SLOW_MS / 2);
    await fail(['aggregate'], 0, {});
    await Promise.all(searches);
  });
});
