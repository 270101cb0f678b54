import { Conversation, ConversationId, TenantId } from '@baton/schema';
import { arbitraryOf } from '@baton/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SNAPSHOT_INTERVAL, snapshotAfter } from './snapshots.ts';

const TENANT = TenantId.parse('acme');
const [example] = fc.sample(arbitraryOf(Conversation), { numRuns: 1, seed: 3 });
if (example === undefined) throw new Error('There is an example');
const small: Conversation = {
  ...example,
  id: ConversationId.parse('a'.repeat(24)),
  lastMessage: { seq: 1, author: { kind: 'customer' }, preview: 'my card is 4111', at: example.createdAt },
  metadata: {},
  tags: [],
};

/** After a command of `made` entries, the last of them at `lastSeq`. */
const after = (lastSeq: number, made = 1, more: Partial<Conversation> = {}) =>
  snapshotAfter(TENANT, {
    conversation: { ...small, lastSeq, version: lastSeq, ...more },
    entries: Array(made),
  });

/** At which of these `lastSeq` a conversation that grows entry by entry is kept. */
const kept = (upTo: number, more?: Partial<Conversation>) =>
  Array.from({ length: upTo }, (_, index) => index + 1).filter((lastSeq) => after(lastSeq, 1, more) !== null);

describe('a snapshot', () => {
  it(`is kept each ${SNAPSHOT_INTERVAL} entries`, () => {
    expect(kept(4 * SNAPSHOT_INTERVAL)).toEqual([1, 2, 3, 4].map((times) => times * SNAPSHOT_INTERVAL));
  });

  it('is kept after the command that passes the place, not in its midst', () => {
    expect(after(SNAPSHOT_INTERVAL + 5, 6)).toMatchObject({ version: SNAPSHOT_INTERVAL + 5 });
    expect(after(SNAPSHOT_INTERVAL + 5, 5)).toBeNull();
    expect(after(10 * SNAPSHOT_INTERVAL + 1, 9 * SNAPSHOT_INTERVAL)).not.toBeNull();
  });

  it('is kept less often the longer it is, so that it takes at most 512 characters an entry', () => {
    const text = 'x'.repeat(2_000);
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`note-${index}`, text]));
    const seqs = kept(1_024, { metadata });
    expect(seqs.length).toBeGreaterThan(1);
    const [first] = seqs;
    const length = after(first ?? 0, 1, { metadata })?.state.length ?? 0;
    expect(length * seqs.length).toBeLessThanOrEqual(512 * 1_024);
  });

  it('is kept less often the longer the timeline is, so that there are thousands at most', () => {
    for (const doubling of [1, 2, 5]) {
      const length = 65_536 * 2 ** doubling;
      const interval = SNAPSHOT_INTERVAL * 2 ** doubling;
      expect(after(length + interval / 2)).toBeNull();
      expect(after(length + interval)).not.toBeNull();
    }
  });

  it('has all of the conversation but what was said', () => {
    const state: unknown = JSON.parse(after(SNAPSHOT_INTERVAL)?.state ?? '');
    const { lastMessage } = small;
    const blank = { ...lastMessage, preview: '' };
    expect(state).toEqual(
      JSON.parse(
        JSON.stringify({
          ...small,
          lastSeq: SNAPSHOT_INTERVAL,
          version: SNAPSHOT_INTERVAL,
          lastMessage: blank,
        }),
      ),
    );
  });

  it('may be of a conversation in which nothing was said', () => {
    expect(after(SNAPSHOT_INTERVAL, 1, { lastMessage: null })?.state).toContain('"lastMessage":null');
  });
});
