import { describe, expect, it } from 'vitest';
import { Entry, EntryKind, knownEntry, ReadTimeline } from './timeline.ts';

const place = {
  conversationId: 'a'.repeat(24),
  seq: 2,
  version: 2,
  at: '2026-01-05T09:00:00.000Z',
  actor: { kind: 'customer' },
};
const message = {
  ...place,
  kind: 'message',
  clientMessageId: 'm-1',
  author: { kind: 'customer' },
  text: 'Hello',
  visibility: 'public',
  redactedAt: null,
};

describe('an entry', () => {
  it.each([...EntryKind.options])('may be of the kind %s, as a reader may ask for', (kind) => {
    const codes = Entry.safeParse({ kind }).error?.issues.map((issue) => issue.code);
    expect(codes).not.toContain('invalid_union');
  });

  it('is of no other kind', () => {
    const codes = Entry.safeParse({ kind: 'note' }).error?.issues.map((issue) => issue.code);
    expect(codes).toEqual(['invalid_union']);
  });

  it('has its place, its instant and its actor', () => {
    expect(Entry.parse(message)).toEqual(message);
    for (const key of Object.keys(place)) {
      expect(Entry.safeParse({ ...message, [key]: undefined }).success, key).toBe(false);
    }
  });

  it('may be a message without text, once it was redacted', () => {
    expect(Entry.safeParse({ ...message, text: '', redactedAt: place.at }).success).toBe(true);
  });

  it.each([
    ['an instant of six digits', { at: '2026-01-05T09:00:00.000000Z' }],
    ['a seq of 0', { seq: 0 }],
    ['a kind that does not exist', { kind: 'note' }],
    ['what another kind has', { targetSeq: 1 }],
  ])('is refused with %s', (_, more) => {
    expect(Entry.safeParse({ ...message, ...more }).success).toBe(false);
  });

  it('that cannot be read has its place alone', () => {
    const { actor: _actor, ...unknown } = { ...place, kind: 'unknown' };
    expect(Entry.parse(unknown)).toEqual(unknown);
    expect(Entry.safeParse({ ...unknown, text: 'Hello' }).success).toBe(false);
  });

  it('of a kind that this version does not know is unknown, and has no more than its place', () => {
    const read = Entry.parse(message);
    expect(knownEntry(read)).toBe(read);
    const { actor: _actor, ...unknown } = { ...place, kind: 'unknown' };
    expect(knownEntry({ ...read, kind: 'mood', mood: 'merry' } as never)).toEqual(unknown);
  });
});

describe('reading a timeline', () => {
  it('gives 100 entries unless it says otherwise, 500 at most', () => {
    const { conversationId } = place;
    expect(ReadTimeline.parse({ conversationId })).toEqual({ conversationId, limit: 100 });
    expect(ReadTimeline.safeParse({ conversationId, limit: 501 }).success).toBe(false);
    expect(ReadTimeline.safeParse({ conversationId, kinds: [] }).success).toBe(false);
    expect(ReadTimeline.safeParse({ conversationId, kinds: ['note'] }).success).toBe(false);
  });
});
