import { createHash } from 'node:crypto';
import { ConversationId, RestoreConversation, SetConsent, type TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Killed, killedEraser } from '../../test/killed-eraser.ts';
import { Scenario } from '../../test/scenario.ts';
import { aTalk, CONTACT } from '../../test/talk.ts';
import { whereWordStands, WORD } from '../../test/words.ts';
import { OPERATOR } from '../audit/append.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import type { Collections } from '../schema/open-collections.ts';
import { SnapshotStore } from '../write/snapshots.ts';
import { beginErasure } from './erase-contact.ts';
import type { Eraser } from './erase-conversation.ts';
import { runErasures } from './run-erasures.ts';

const LONG_MS = 60_000;
/** An erasure a write, twice: some seconds, and more on a busy machine. */
const KILLS_MS = 120_000;

let scenario: Scenario;
let collections: Collections;
let tenantId: TenantId;
/** Every document before an erasure, by collection. */
const before = new Map<string, Document[]>();

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ collections, tenantId } = scenario);
  await aTalk(scenario);
  await aTalk(scenario, 'sms');
  await scenario.store.contacts.setConsent(
    tenantId,
    SetConsent.parse({ contactId: CONTACT, channel: 'sms', state: 'withdrawn', source: `Said ${WORD}` }),
  );
  for (const { name } of await collections.db.listCollections().toArray())
    before.set(name, await collections.db.collection(name).find().toArray());
});
afterAll(() => scenario[Symbol.asyncDispose]());

async function putBack(): Promise<void> {
  for (const [name, documents] of before) {
    await collections.db.collection(name).deleteMany({});
    if (documents.length > 0) await collections.db.collection(name).insertMany(documents);
  }
}

const figures = () => scenario.store.metrics.overview(tenantId, {});

/** An eraser that is killed at its nth write; never without one. */
const killedAt = (nth: number, when: 'before' | 'after') => killedEraser(scenario, nth, when);

test('every collection that has words of a contact has none after an erasure; figures and folds stay right', async () => {
  expect(await whereWordStands(collections.db)).toEqual([
    'active_conversations',
    'contact_changes',
    'contact_terms',
    'contacts',
    'conversations',
    'file_contents.chunks',
    'files',
    'follow_ups',
    'handoffs',
    'idempotency',
    'listed_conversations',
    'objections',
    'qualification_answers',
    'refusals',
    'search_terms',
    'snapshots',
    'timeline',
  ]);
  const { messages, handoffs } = await figures();
  const counts = await scenario.store.privacy.preview(tenantId, { contactId: CONTACT });
  const erasure = await scenario.store.privacy.erase(tenantId, { contactId: CONTACT }, OPERATOR);
  expect(erasure).toMatchObject({ state: 'done', counts: { contacts: 1, conversations: 2 } });
  // The end of what was open is in the timelines, too.
  expect(erasure.counts).toEqual({ ...counts, entries: expect.any(Number) });
  await scenario.store.drain();
  expect(await whereWordStands(collections.db)).toEqual([]);
  expect(await rebuild(collections)).toMatchObject({ differences: [] });
  expect(await figures()).toMatchObject({ messages, handoffs });
});

test.each(['before', 'after'] as const)(
  'killed %s any of its writes, it finishes when it is run again',
  async (when) => {
    let nth = 1;
    for (; ; nth += 1) {
      await putBack();
      await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
      const eraser = killedAt(nth, when);
      const killed = await runErasures(eraser, LONG_MS).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return true;
        },
      );
      if (!killed) break;
      await runErasures(killedAt(0, 'before'), LONG_MS);
      expect(await collections.erasures.acrossTenants('test').countDocuments({ finishedAt: null })).toBe(0);
      expect(await whereWordStands(collections.db), `write ${nth}`).toEqual([]);
    }
    expect(nth).toBeGreaterThan(15);
    expect(await rebuild(collections)).toMatchObject({ differences: [] });
  },
  KILLS_MS,
);

test('what is written for the contact meanwhile is erased as well, or comes after the end', async () => {
  await putBack();
  await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  const eraser = killedAt(0, 'before');
  const channels = ['email', 'whatsapp', 'api'] as const;
  let marked = 0;
  /** Whenever a conversation is marked, the contact begins another one. */
  const submit: Eraser['submit'] = async (caller, command) => {
    const outcome = await eraser.submit(caller, command);
    const channel = channels[marked];
    marked += 1;
    if (channel !== undefined)
      await scenario.create({ contactId: CONTACT, channel, initialMessage: { text: WORD } });
    return outcome;
  };
  await runErasures({ ...eraser, submit }, LONG_MS);
  expect(marked).toBe(5);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('snapshots that were on their way when the words went are taken back', async () => {
  await putBack();
  const late = new SnapshotStore(collections);
  const [stored] = before.get('snapshots') ?? [];
  if (stored === undefined) throw new Error('There is no snapshot');
  const snapshot = collections.snapshots.decode(stored);
  await scenario.store.privacy.erase(tenantId, { contactId: CONTACT }, OPERATOR);
  late.add(snapshot);
  await late.drain();
  await late.write([snapshot]);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('what was erased is not erased again, and a contact that only has such a name is', async () => {
  const { store } = scenario;
  const contactId = `erased-${'0'.repeat(16)}`;
  const caller = { tenantId, actor: { kind: 'system' as const }, mayForce: false };
  const input = { contactId, channel: 'web' as const, tags: [], metadata: {} };
  const { conversation } = await store.execute(caller, 'conversations.create', input);
  expect(await store.privacy.erase(tenantId, { contactId }, OPERATOR)).toMatchObject({ state: 'done' });
  const erased = await store.conversations.get(tenantId, { conversationId: conversation.id });
  expect(erased.contactId).toMatch(/^erased-(?!0{16})/);
  const again = store.privacy.erase(tenantId, { contactId: erased.contactId }, OPERATOR);
  await expect(again).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await store.privacy.goOn()).toBe(0);
});

test('each turn goes on from where the one before has come to, however short it is', async () => {
  await putBack();
  const at = new Date();
  const others = Array.from({ length: 2_500 }, (_, index) => ({
    // Among these stand the keys of the contact's commands.
    _id: { tenantId, key: `${index % 2 === 0 ? 'A' : 'z'}${index}` },
    hash: 'hash',
    answer: '{}',
    at,
  }));
  await collections.idempotency.collection.insertMany(others.map((one) => one as Document));
  const { id } = await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  const stopped = AbortSignal.abort();
  expect(await runErasures(killedAt(0, 'before'), LONG_MS, { signal: stopped })).toBe(0);
  let turns = 1;
  while ((await runErasures(killedAt(0, 'before'), 0)) === 0 && turns < 20) turns += 1;
  // Two marks, words of two conversations, three steps through the keys.
  expect(turns).toBe(7);
  expect(await whereWordStands(collections.db)).toEqual([]);
  const record = await collections.erasures.collection.findOne({ tenantId, finishedAt: { $ne: null } });
  expect(record?._id.toHexString()).toBe(id);
  expect(Object.keys(record ?? {}).toSorted()).toEqual([
    '_id',
    'by',
    'copiesDueAt',
    'counts',
    'finishedAt',
    'pseudonym',
    'startedAt',
    'tenantId',
  ]);
});

test('a key that was used for one contact is not answered for another', async () => {
  const erase = (contactId: string) =>
    scenario.store.privacy.erase(tenantId, { contactId, idempotencyKey: 'the key' }, OPERATOR);
  await scenario.create({ contactId: 'contact-0' });
  const first = await erase('contact-0');
  expect(await erase('contact-0')).toEqual(first);
  const short = (contactId: string) => createHash('sha256').update(contactId).digest('base64url').slice(0, 2);
  let other = 1;
  while (short(`contact-${other}`) !== short('contact-0')) other += 1;
  await scenario.create({ contactId: `contact-${other}` });
  await expect(erase(`contact-${other}`)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
});

const DAMAGE = { bypassDocumentValidation: true };

test('what cannot be read in lists of a conversation loses its words as well', async () => {
  await putBack();
  for (const name of ['handoffs', 'objections', 'follow_ups', 'qualification_answers'] as const)
    await collections[name].collection.updateOne(
      { tenantId },
      { $set: { channel: 'letter', note: WORD } },
      DAMAGE,
    );
  await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  expect(await runErasures(killedAt(0, 'before'), LONG_MS)).toBe(1);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('a conversation that cannot be erased yet keeps no other from it', async () => {
  await putBack();
  const { conversations, timeline, erasures } = collections;
  const [damaged, other] = await conversations.collection.find({ tenantId }).toArray();
  const update = (stage: unknown) =>
    conversations.collection.updateOne({ _id: damaged?._id, tenantId }, { $set: { stage } }, DAMAGE);
  await update('nowhere');
  await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  const running = () => erasures.acrossTenants('test').countDocuments({ finishedAt: null });
  for (let turn = 0; turn < 2; turn += 1) {
    await expect(runErasures(killedAt(0, 'before'), LONG_MS)).rejects.toMatchObject({ code: 'UNREADABLE' });
    const texts = await timeline.acrossTenants('test').find({ conversationId: other?._id }).toArray();
    expect(JSON.stringify(texts)).not.toContain(WORD);
    expect(await running()).toBe(1);
  }
  await update(damaged?.['stage']);
  expect(await runErasures(killedAt(0, 'before'), LONG_MS)).toBe(1);
  expect(await running()).toBe(0);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('words that could not be removed are tried again, after those of the others', async () => {
  await putBack();
  await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  const eraser = killedAt(0, 'before');
  const ids: string[] = [];
  let pseudonym: unknown;
  /** Makes the erasure of the first conversation unreadable once both are marked. */
  const drain = async () => {
    const marks = await collections.timeline.collection
      .find({ tenantId, kind: 'erasure' })
      .sort({ conversationId: 1 })
      .toArray();
    ids.push(...marks.map(({ conversationId }) => conversationId.toHexString()));
    pseudonym = marks[0]?.['contactId'];
    await collections.timeline.collection.updateOne(
      { _id: marks[0]?._id, tenantId, conversationId: new ObjectId(ids[0]) },
      { $set: { contactId: 7 } },
      DAMAGE,
    );
    await eraser.drain();
  };
  await expect(runErasures({ ...eraser, drain }, LONG_MS)).rejects.toMatchObject({ code: 'UNREADABLE' });
  const ofTheOther = collections.timeline
    .acrossTenants('test')
    .find({ conversationId: new ObjectId(ids[1]) });
  expect(JSON.stringify(await ofTheOther.toArray())).not.toContain(WORD);
  await collections.timeline.collection.updateOne(
    { tenantId, conversationId: new ObjectId(ids[0]), kind: 'erasure' },
    { $set: { contactId: pseudonym } },
  );
  expect(await runErasures(eraser, LONG_MS)).toBe(1);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('erasures that do not go on keep no others waiting', async () => {
  await putBack();
  const { erasures } = collections;
  const { id } = await beginErasure(collections, tenantId, { contactId: CONTACT }, OPERATOR);
  const record = await erasures.collection.findOne({ tenantId, finishedAt: null });
  const stuck = (of: string, first: number) =>
    Array.from({ length: 8 }, (_, index) => ({
      ...record,
      _id: new ObjectId(),
      tenantId: of,
      // Before the contact by any order.
      contactId: ` ${first + index}`,
      startedAt: new Date(0),
      by: null,
    }));
  await erasures.collection.insertMany(stuck(tenantId, 0), DAMAGE);
  await erasures.collection.insertMany(stuck('another', 0), DAMAGE);
  const finished = async () => {
    await expect(runErasures(killedAt(0, 'before'), LONG_MS)).rejects.toBeInstanceOf(AggregateError);
    return erasures
      .acrossTenants('test')
      .countDocuments({ _id: new ObjectId(id), finishedAt: { $ne: null } });
  };
  // Of each tenant four at a time.
  expect([await finished(), await finished(), await finished()]).toEqual([0, 0, 1]);
});

test.each([1_000, 7])(
  'an archive that was read while the words went brings none back, in pieces of %i',
  async (size) => {
    await putBack();
    const [document] = await collections.conversations.collection.find({ tenantId }).toArray();
    const conversationId = ConversationId.parse(document?._id.toHexString());
    const { items } = await scenario.store.timeline.read(tenantId, { conversationId, limit: 200 });
    await scenario.store.privacy.erase(tenantId, { contactId: CONTACT }, OPERATOR);
    const { items: ends } = await scenario.store.timeline.read(tenantId, {
      conversationId,
      afterSeq: items.length,
      limit: 200,
    });
    const entries = [...items, ...ends];
    expect(entries.at(-1)).toMatchObject({ kind: 'erasure', seq: entries.length });
    await using target = await Scenario.openInNewDatabase();
    const restoreAll = async () => {
      for (let from = 0; from < entries.length; from += size) {
        const more = from + size < entries.length;
        const input = { conversationId, entries: entries.slice(from, from + size), more };
        await target.store.restoreConversation(tenantId, RestoreConversation.parse(input));
      }
    };
    await restoreAll();
    await target.store.drain();
    expect(await whereWordStands(target.store.collections.db)).toEqual([]);
    await restoreAll();
    expect(await rebuild(target.store.collections)).toMatchObject({ differences: [] });
    expect(await whereWordStands(target.store.collections.db)).toEqual([]);
  },
);

test('copies whose writer was killed before it could take them back are deleted later', async () => {
  await putBack();
  await scenario.store.privacy.erase(tenantId, { contactId: CONTACT }, OPERATOR);
  const becomeDue = () =>
    collections.erasures.collection.updateMany({ tenantId }, { $set: { copiesDueAt: new Date(0) } });
  const late = ['snapshots', 'search_terms', 'refusals'];
  for (const name of late) await collections.db.collection(name).insertMany(before.get(name) ?? []);
  await scenario.store.privacy.goOn();
  expect(await whereWordStands(collections.db)).toEqual(late.toSorted());
  await becomeDue();
  await scenario.store.privacy.goOn(AbortSignal.abort());
  expect(await whereWordStands(collections.db)).toEqual(late.toSorted());
  await becomeDue();
  await scenario.store.privacy.goOn();
  expect(await whereWordStands(collections.db)).toEqual([]);
  expect(
    await collections.erasures.acrossTenants('test').countDocuments({ copiesDueAt: { $exists: true } }),
  ).toBe(0);
});
