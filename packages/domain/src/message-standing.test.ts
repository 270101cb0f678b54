import type { DeliveryState, Entry, MessageDelivery, MessageView } from '@baton/schema';
import { expect, test } from 'vitest';
import { isNews, standingAfter, standingMessages } from './message-standing.ts';

const AT = '2026-03-10T12:00:00.000Z';
const EARLY = '2026-03-10T11:00:00.000Z';
const place = { conversationId: '65f000000000000000000001', version: 2, at: AT, actor: { kind: 'system' } };

// Entries as they are stored; the ids are plain strings here.
const MESSAGE = {
  ...place,
  kind: 'message',
  seq: 2,
  clientMessageId: 'm',
  author: { kind: 'customer' },
  text: 'Nine',
  visibility: 'public',
  redactedAt: null,
} as unknown as MessageView;
const about = (entry: object) => ({ ...place, seq: 5, targetSeq: 2, ...entry }) as unknown as Entry;

const known = (state: DeliveryState, sentAt?: string): MessageDelivery => ({
  state,
  seq: 3,
  at: AT,
  error: null,
  ...(sentAt !== undefined && { sentAt }),
});

test.each<[MessageDelivery | undefined, DeliveryState, string | undefined, boolean]>([
  [undefined, 'queued', undefined, true],
  [known('sent'), 'sent', undefined, false],
  [known('sent'), 'delivered', undefined, true],
  [known('read'), 'delivered', undefined, false],
  [known('sent'), 'failed', undefined, true],
  [known('delivered'), 'failed', undefined, false],
  [known('sent', AT), 'failed', EARLY, false],
  [known('failed'), 'failed', undefined, false],
  [known('failed'), 'queued', undefined, true],
  [known('failed', AT), 'sent', EARLY, false],
  [known('failed', AT), 'delivered', EARLY, true],
])('%j, then %s at %s: something new is %s', (before, state, sentAt, expected) => {
  expect(isNews(before, { state, sentAt })).toBe(expected);
});

test('a message stands as the latest edit, report and rating leave it', () => {
  const entries = [
    MESSAGE,
    about({
      kind: 'revision',
      text: 'Ten',
      parts: [{ type: 'text', text: 'Ten' }],
      raw: { format: 'f', json: 1 },
      reason: 'Typo',
    }),
    about({ kind: 'revision', seq: 6, text: 'Eleven', reason: null }),
    about({ kind: 'delivery', seq: 7, state: 'read', error: null, sentAt: EARLY }),
    about({ kind: 'rating', seq: 8, verdict: 'good', note: null }),
    about({ kind: 'rating', seq: 9, targetSeq: 4, verdict: 'bad', note: null }),
  ];
  const standing = standingMessages(entries).get(2);
  expect(standing).toEqual({
    ...MESSAGE,
    text: 'Eleven',
    revision: { seq: 6, number: 2, at: AT, reason: null },
    delivery: { state: 'read', seq: 7, at: AT, sentAt: EARLY, error: null },
    rating: { verdict: 'good', seq: 8, at: AT, note: null },
  });
  if (standing === undefined) throw new Error('There is a message');
  const redacted = standingAfter(standing, about({ kind: 'redaction', seq: 10, reason: 'Card' }));
  expect(redacted).toMatchObject({
    text: '',
    redactedAt: AT,
    revision: { reason: null },
    rating: { verdict: 'good' },
  });
  // What an archive brings after it says nothing any more.
  const late = standingAfter(redacted, about({ kind: 'revision', seq: 11, text: 'Nine', reason: null }));
  expect(late).toMatchObject({ text: '', revision: { number: 3 } });
});

test('what is about another message, or none, leaves it as it is', () => {
  const other = about({ kind: 'rating', targetSeq: 3, verdict: 'bad', note: null });
  const elsewhere = {
    ...about({ kind: 'rating', verdict: 'bad', note: null }),
    conversationId: 'b',
  } as Entry;
  for (const entry of [other, elsewhere, MESSAGE]) expect(standingAfter(MESSAGE, entry)).toBe(MESSAGE);
});
