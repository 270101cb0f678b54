import { type Conversation, ConversationId, KnownEntry } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { DESK, MARIA, QUALIFIER, refusalOf, Scenario } from '../test/scenario.ts';
import { redactedEarlier, restore, type RestoreContext } from './restore.ts';

const NOW = '2026-02-01T00:00:00.000Z';
const nothingYet: RestoreContext = { now: NOW, unfinished: null, stored: [] };
const OTHER = ConversationId.parse('e'.repeat(24));

/** Entries of most kinds: two handoffs, a stage, an objection, a follow-up, a pause, a redaction. */
function history(): Scenario {
  const scenario = new Scenario({ initialMessage: { text: 'Hello' } });
  scenario.transferTo(QUALIFIER);
  scenario.agentSays(QUALIFIER, 'Hi!');
  scenario.when('stages.transition', { to: 'qualification' });
  scenario.raiseObjection();
  scenario.scheduleFollowUp();
  scenario.when('handoffs.request', { from: QUALIFIER, to: DESK, reason: 'Next', trigger: 'manual' });
  scenario.when('conversations.pause', {});
  return scenario;
}

const known = (entries: readonly unknown[]) => entries.map((entry) => KnownEntry.parse(entry));

function inputOf(entries: readonly unknown[], more = false) {
  const [first, ...rest] = known(entries);
  if (first === undefined) throw new Error('Give an entry');
  return { conversationId: first.conversationId, entries: [first, ...rest], more };
}

/** The history with one entry changed. */
function changed(kind: KnownEntry['kind'], change: object): unknown[] {
  const { entries } = history();
  const index = entries.findIndex((entry) => entry.kind === kind);
  return entries.with(index, { ...entries[index], ...change } as KnownEntry);
}

const redactionAfter = ({ id, lastSeq, version }: Conversation, targetSeq: number) => ({
  conversationId: id,
  seq: lastSeq + 1,
  version: version + 1,
  at: NOW,
  actor: { kind: 'system' },
  kind: 'redaction',
  targetSeq,
  reason: null,
});

const wrongAt = (entries: readonly unknown[]) => refusalOf(() => restore(null, inputOf(entries), nothingYet));

describe('a conversation that does not exist', () => {
  it('comes in as it was, with every id and instant', () => {
    const { conversation, entries } = history();
    expect(restore(null, inputOf(entries), nothingYet)).toEqual({ conversation, entries });
  });

  it('comes in pieces, each after the one before', () => {
    const { conversation, entries } = history();
    const first = restore(null, inputOf(entries.slice(0, 4), true), nothingYet);
    expect(first.entries).toEqual(entries.slice(0, 4));
    const second = restore(null, inputOf(entries.slice(4)), {
      ...nothingYet,
      unfinished: first.conversation,
    });
    expect(second).toEqual({ conversation, entries: entries.slice(4) });
  });

  it('becomes whole by a last piece that brings nothing new, but by none that is shorter', () => {
    const { conversation, entries } = history();
    const context = { now: NOW, unfinished: conversation, stored: entries };
    expect(restore(null, inputOf(entries), context)).toEqual({ conversation, entries: [] });
    const shorter = { ...context, stored: entries.slice(0, 3) };
    expect(refusalOf(() => restore(null, inputOf(entries.slice(0, 3)), shorter))).toMatchObject({
      code: 'ENTRIES_DIFFER',
      details: { seq: 4 },
    });
  });

  it('does not come with a gap before it', () => {
    const { entries } = history();
    expect(wrongAt(entries.slice(1))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'entries[0].seq', message: 'Entry 1 comes next, not 2' }] },
    });
  });
});

describe('a conversation that exists', () => {
  it('stays as it is where it has all of the entries, and more', () => {
    const { conversation, entries } = history();
    for (const count of [1, 3, entries.length]) {
      const given = entries.slice(0, count);
      const context = { ...nothingYet, stored: given };
      expect(restore(conversation, inputOf(given), context)).toEqual({ conversation, entries: [] });
    }
  });

  it('takes what is newer, all at once or not', () => {
    const { conversation, entries } = history();
    const older = restore(null, inputOf(entries.slice(0, 3)), nothingYet).conversation;
    const context = { ...nothingYet, stored: entries.slice(0, 3) };
    expect(restore(older, inputOf(entries), context)).toEqual({ conversation, entries: entries.slice(3) });
    expect(refusalOf(() => restore(older, inputOf(entries, true), context))).toMatchObject({
      code: 'LIMIT_REACHED',
      details: { lastSeq: 3 },
    });
  });

  it.each<[string, (entry: KnownEntry) => object]>([
    ['another text', (entry) => ({ ...entry, text: 'Hello?' })],
    ['another instant', (entry) => ({ ...entry, at: NOW })],
    ['a key more', (entry) => ({ ...entry, inReplyTo: 1 })],
    ['another author', (entry) => ({ ...entry, author: { kind: 'system' } })],
    [
      'another kind',
      ({ text: _1, ...entry }: KnownEntry & { text?: string }) => ({
        ...entry,
        kind: 'unknown',
      }),
    ],
  ])('does not take an entry that has %s', (_name, change) => {
    const { conversation, entries } = history();
    const [created, message] = known(entries);
    if (created === undefined || message === undefined) throw new Error('There are entries');
    const stored = [created, change(message) as KnownEntry];
    const act = () => restore(conversation, inputOf(entries.slice(0, 2)), { ...nothingYet, stored });
    expect(refusalOf(act)).toMatchObject({ code: 'ENTRIES_DIFFER', details: { seq: 2 } });
  });

  it('is compared without what a redaction took away, on either side', () => {
    const { conversation, entries } = history();
    const said = entries.slice(0, 2);
    const redacted = said.map((entry) =>
      entry.kind === 'message' ? { ...entry, text: '', redactedAt: NOW } : entry,
    );
    for (const [given, stored] of [
      [said, redacted],
      [redacted, said],
    ] as const) {
      expect(restore(conversation, inputOf(given), { ...nothingYet, stored }).entries).toEqual([]);
    }
  });
});

describe('an erasure', () => {
  const WORD = 'Rosalind';

  /** Entries as they were read before the words went, with the erasure that was read after. */
  function archived() {
    const scenario = new Scenario({ contactId: WORD, initialMessage: { text: WORD } });
    scenario.when('conversations.update', { tags: [WORD] });
    const { entries: said } = scenario;
    const { conversation } = scenario;
    const input = { contactId: 'erased-1' };
    scenario.when('privacy.eraseConversation', input);
    return { said, before: conversation, entries: scenario.entries, conversation: scenario.conversation };
  }

  it('takes the words from what was read before it', () => {
    const { entries, conversation } = archived();
    expect(JSON.stringify(entries)).toContain(WORD);
    const restored = restore(null, inputOf(entries), nothingYet);
    expect(JSON.stringify(restored)).not.toContain(WORD);
    expect(restored.conversation).toEqual(conversation);
    // A retry says nothing new, whether the words have gone from the store meanwhile or not.
    for (const stored of [entries, restored.entries])
      expect(restore(conversation, inputOf(entries), { ...nothingYet, stored }).entries).toEqual([]);
  });

  it('is what an older archive does not take back', () => {
    const { said, entries, conversation } = archived();
    const { entries: stored } = restore(null, inputOf(entries), nothingYet);
    const again = restore(conversation, inputOf(said), {
      ...nothingYet,
      stored: stored.slice(0, said.length),
    });
    expect(again).toEqual({ conversation, entries: [] });
  });

  it('is followed by nothing', () => {
    const { entries, conversation } = archived();
    const more = redactionAfter(conversation, 2);
    expect(wrongAt([...entries, more]).details).toMatchObject({
      faults: [{ path: `entries[${entries.length}].seq` }],
    });
    expect(refusalOf(() => restore(conversation, inputOf([more]), nothingYet)).code).toBe('INVALID_INPUT');
  });
});

describe('a redaction', () => {
  it('blanks a message that was read for the archive before', () => {
    const scenario = new Scenario({ initialMessage: { text: 'My card is 4242' } });
    const message = known(scenario.entries)[1];
    if (message?.kind !== 'message') throw new Error('It is a message');
    const at = scenario.now;
    scenario.when('messages.redact', { seq: 2 }, { message });
    const { conversation, entries } = restore(null, inputOf(scenario.entries), nothingYet);
    expect(entries[1]).toMatchObject({ text: '', redactedAt: at });
    expect(JSON.stringify([conversation, entries])).not.toContain('4242');
  });

  it('of an earlier piece is named, so that the store blanks it', () => {
    const { entries, conversation } = history();
    const redaction = redactionAfter(conversation, 2);
    expect(redactedEarlier(known([redaction]))).toEqual([
      { conversationId: conversation.id, seq: 2, redactedAt: NOW },
    ]);
    expect(redactedEarlier(known([...entries, redaction]))).toEqual([]);
  });
});

describe('what is no timeline is refused with the place of the fault', () => {
  it.each<[string, KnownEntry['kind'], Record<string, unknown>]>([
    ['of another conversation', 'stage', { conversationId: OTHER }],
    ['with a version left out', 'stage', { version: 9 }],
    ['that goes back in time', 'message', { at: '2025-01-01T00:00:00.000Z' }],
    ['with another owner', 'owner', { from: MARIA }],
    ['with an epoch left out', 'owner', { epoch: 3 }],
    ['with another stage', 'stage', { from: 'closing' }],
    ['with another status', 'status', { from: 'paused' }],
  ])('an entry %s', (_name, kind, change) => {
    const index = history().entries.findIndex((entry) => entry.kind === kind);
    expect(wrongAt(changed(kind, change))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: `entries[${index}].${Object.keys(change)[0]}` }] },
    });
  });

  it.each(['handoff', 'objection', 'followUp'] as const)('a %s of another conversation', (item) => {
    const kind = item === 'followUp' ? 'follow_up' : item;
    const entry = history().entries.find((each) => each.kind === kind);
    const of = { ...Reflect.get(entry ?? {}, item), conversationId: OTHER };
    const { details } = wrongAt(changed(kind, { [item]: of }));
    expect(details).toMatchObject({
      faults: [{ path: expect.stringMatching(new RegExp(`${item}\\.conversationId$`)) }],
    });
  });

  it('one that begins twice, or in the middle', () => {
    const { entries } = history();
    const [created] = entries;
    expect(wrongAt(entries.with(1, { ...created, seq: 2 } as KnownEntry)).details).toMatchObject({
      faults: [{ path: 'entries[1].kind' }],
    });
    expect(wrongAt([{ ...entries[1], seq: 1, version: 1 }]).details).toMatchObject({
      faults: [{ path: 'entries[0].kind' }],
    });
  });

  it('one from the future', () => {
    const { entries } = history();
    const context = { ...nothingYet, now: '2026-01-01T00:00:00.000Z' };
    expect(refusalOf(() => restore(null, inputOf(entries), context))).toMatchObject({
      code: 'INVALID_INSTANT',
      details: { now: context.now },
    });
  });

  it('one that makes what no conversation can be', () => {
    const { entries } = new Scenario();
    const [created] = known(entries);
    const opened = Array.from({ length: 51 }, (_, index) => {
      const id = (index + 1).toString(16).padStart(24, 'b');
      const scenario = new Scenario();
      const raised = scenario.raiseObjection().entries.at(-1);
      if (raised?.kind !== 'objection') throw new Error('It was raised');
      const objection = { ...raised.objection, id };
      return { ...raised, seq: index + 2, version: index + 2, objection };
    });
    expect(wrongAt([created, ...opened]).details).toMatchObject({
      faults: [{ path: 'entries', message: expect.stringContaining('objections') }],
    });
  });

  it('a redaction of what comes later', () => {
    const { entries, conversation } = history();
    expect(wrongAt([...entries, redactionAfter(conversation, 99)]).details).toMatchObject({
      faults: [{ path: `entries[${conversation.lastSeq}].targetSeq` }],
    });
  });
});
