import { ConversationId, type Entry, TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { FeedLog } from './feed-log.ts';
import type { FeedSignal, Subscription } from './subscription.ts';

const tenantId = TenantId.parse('acme');
const conversationId = ConversationId.parse('65f0c0ffee0123456789abcd');

function eventOf(entry: Partial<Entry> & { kind: Entry['kind'] }): FeedSignal {
  const whole = { conversationId, seq: 1, version: 1, at: '2026-01-01T00:00:00.000Z', ...entry };
  // Only what a log looks at.
  return {
    kind: 'event',
    event: { tenantId, entry: whole as Entry, token: '', entryId: '', writtenAt: 0 },
  };
}

const message = (seq: number, text = 'Hello') => eventOf({ kind: 'message', seq, text, redactedAt: null });

function attach(log: FeedLog): Subscription {
  return log.attach(
    () => undefined,
    () => undefined,
  );
}

function seqOf(signal: FeedSignal | null): number | string | undefined {
  return signal?.kind === 'event' ? signal.event.entry.seq : signal?.kind;
}

/** Gives every reader that is due its turn, until none is. */
async function deliver(log: FeedLog): Promise<void> {
  for (let reader = log.takeDue(); reader !== undefined; reader = log.takeDue()) {
    reader.wake();
    for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
  }
}

describe('a log of signals', () => {
  test('gives each reader what came after it was attached, in order', async () => {
    const log = new FeedLog();
    log.append(message(1));
    const first = attach(log);
    log.append(message(2));
    const second = attach(log);
    log.append(message(3));
    expect([seqOf(await first.next()), seqOf(await first.next())]).toEqual([2, 3]);
    expect(seqOf(await second.next())).toBe(3);
  });

  test('wakes those that wait only when it is their turn', async () => {
    const log = new FeedLog();
    const readers = [attach(log), attach(log), attach(log)];
    const nexts = readers.map(async (reader) => seqOf(await reader.next()));
    log.append(message(1));
    expect(log.takeDue()).toBe(readers[0]);
    expect(log.takeDue()).toBe(readers[1]);
    expect(log.takeDue()).toBe(readers[2]);
    expect(log.takeDue()).toBeUndefined();
    for (const reader of readers) reader.wake();
    expect(await Promise.all(nexts)).toEqual([1, 1, 1]);
  });

  test('a reader takes eight signals in a turn, and says that there is more', async () => {
    const log = new FeedLog();
    let pauses = 0;
    const reader = log.attach(
      () => (pauses += 1),
      () => undefined,
    );
    const seen: unknown[] = [];
    for (let seq = 1; seq <= 20; seq += 1) log.append(message(seq));
    const reading = (async () => {
      for (let signal = await reader.next(); signal !== null; signal = await reader.next())
        seen.push(seqOf(signal));
    })();
    for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
    expect(seen).toHaveLength(8);
    expect(pauses).toBe(1);
    await deliver(log);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    reader[Symbol.dispose]();
    await reading;
  });

  test('cuts off a reader that has fallen a thousand signals behind, and no other', async () => {
    const log = new FeedLog();
    const slow = attach(log);
    for (let seq = 1; seq <= 600; seq += 1) log.append(message(seq));
    const other = attach(log);
    for (let seq = 601; seq <= 1_001; seq += 1) log.append(message(seq));
    await expect(slow.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(seqOf(await other.next())).toBe(601);
  });

  test('cuts off a reader that has fallen four million characters behind, though it asks for nothing', async () => {
    const log = new FeedLog();
    const slow = attach(log);
    for (let seq = 1; seq <= 63; seq += 1) log.append(message(seq, 'x'.repeat(70_000)));
    expect(slow.place.number).toBe(log.takeDue()?.place.number ?? slow.place.number);
    const quick = attach(log);
    for (let seq = 64; seq <= 100; seq += 1) log.append(message(seq, 'y'.repeat(70_000)));
    await expect(slow.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(seqOf(await quick.next())).toBe(64);
  });

  test('takes the words from a message that waits once it is redacted', async () => {
    const log = new FeedLog();
    const slow = attach(log);
    log.append(message(1, 'secret'));
    log.append(message(2, 'open'));
    log.append(
      eventOf({ kind: 'redaction', seq: 3, targetSeq: 1, reason: null, at: '2026-01-02T00:00:00.000Z' }),
    );
    const texts = [await slow.next(), await slow.next()].map((signal) =>
      signal?.kind === 'event' && signal.event.entry.kind === 'message' ? signal.event.entry.text : null,
    );
    expect(texts).toEqual(['', 'open']);
  });

  test('takes the words from all that waits of a conversation once it is erased', async () => {
    const log = new FeedLog();
    const slow = attach(log);
    log.append(message(1, 'secret'));
    const reason = { kind: 'status', seq: 2, from: 'active', to: 'paused', reason: 'secret' } as const;
    log.append(eventOf(reason));
    log.append(
      eventOf({
        kind: 'erasure',
        seq: 3,
        contactId: 'erased-1',
        at: '2026-01-02T00:00:00.000Z',
      }),
    );
    const waiting = [await slow.next(), await slow.next(), await slow.next()];
    expect(JSON.stringify(waiting)).not.toContain('secret');
    expect(waiting.map((signal) => seqOf(signal))).toEqual([1, 2, 3]);
  });

  test('a reader that has left gets null, is told nothing more, and is counted out', async () => {
    const log = new FeedLog();
    let left = 0;
    const leaving = log.attach(
      () => undefined,
      () => (left += 1),
    );
    const stays = attach(log);
    const nexts = [leaving.next(), stays.next()];
    log.append(message(1));
    leaving[Symbol.dispose]();
    leaving[Symbol.dispose]();
    expect(log.takeDue()).toBe(stays);
    expect(log.takeDue()).toBeUndefined();
    stays.wake();
    expect((await Promise.all(nexts)).map(seqOf)).toEqual([undefined, 1]);
    expect([left, log.size]).toEqual([1, 1]);
    expect(await leaving.next()).toBeNull();
  });
});
