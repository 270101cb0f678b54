import { Refusal } from '@baton/domain';
import {
  type Conversation,
  type ConversationId,
  type Entry,
  RestoreConversation,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rebuild } from '../maintenance/rebuild.ts';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';

const NEW_TENANT = TenantId.parse('moved');

let sourceDatabase: Awaited<ReturnType<typeof testDatabase>>;
let database: Awaited<ReturnType<typeof testDatabase>>;
let source: Scenario;
/** The store that the timelines of the other come to. */
let target: Scenario;
let contacts = 0;

beforeAll(async () => {
  [sourceDatabase, database] = [await testDatabase(), await testDatabase()];
  [source, target] = [await Scenario.open(sourceDatabase.uri), await Scenario.open(database.uri)];
});
afterAll(async () => {
  await Promise.all([source[Symbol.asyncDispose](), target[Symbol.asyncDispose]()]);
  await Promise.all([sourceDatabase[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
});

/** A conversation with a handoff, an objection, two follow-ups, answers and a redacted message. */
async function converse(): Promise<{ conversation: Conversation; entries: Entry[] }> {
  const { id: conversationId } = await source.create({ contactId: `contact-${(contacts += 1)}` });
  const say = (text: string) =>
    source.run('messages.append', {
      conversationId,
      clientMessageId: text,
      author: { kind: 'customer' },
      text,
    });
  await say('Hello, 发票');
  await say('My card is 4242');
  await source.run('messages.redact', { conversationId, seq: 3 });
  await source.run('handoffs.transfer', {
    conversationId,
    from: SUPERVISOR,
    to: QUALIFIER,
    reason: 'Ready',
    trigger: 'manual',
  });
  await source.run('qualification.record', {
    conversationId,
    budget: { verdict: true, value: '500' },
    by: QUALIFIER,
  });
  const { conversation: raised } = await source.run('objections.raise', {
    conversationId,
    type: 'price',
    text: 'Too dear',
    severity: 'low',
  });
  await source.run('objections.defer', {
    objectionId: raised.objections[0]?.id ?? '',
    reason: 'Later',
    followUpAt: '2031-01-01T00:00:00.000Z',
    by: QUALIFIER,
  });
  const { conversation } = await source.run('handoffs.request', {
    conversationId,
    from: QUALIFIER,
    to: CLOSER,
    reason: 'Ready',
    trigger: 'manual',
  });
  const { items } = await source.store.timeline.read(source.tenantId, { conversationId, limit: 500 });
  return { conversation, entries: items };
}

const restoreInput = (entries: readonly Entry[], more = false) =>
  RestoreConversation.parse({ conversationId: entries[0]?.conversationId, entries, more });

const restore = (entries: readonly Entry[], more = false, tenantId = target.tenantId) =>
  target.store.restoreConversation(tenantId, restoreInput(entries, more));

async function refusalOf(act: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Refusal) return error;
  throw new Error('It was not refused', { cause: error });
}

/** The documents of a conversation in every collection, but for the ids that stand for no thing. */
async function documentsOf({ collections, tenantId }: Scenario, conversationId: ConversationId) {
  const id = new ObjectId(conversationId);
  const find = async (name: 'handoffs' | 'objections' | 'follow_ups') =>
    collections[name].collection.find({ tenantId, conversationId: id }).sort({ _id: 1 }).toArray();
  const anonymous = async (name: 'timeline' | 'qualification_answers') => {
    const found = collections[name].collection
      .find({ tenantId, conversationId: id })
      .sort({ seq: 1, field: 1 });
    return (await found.toArray()).map(({ _id, ...document }) => document);
  };
  return {
    conversation: await collections.conversations.collection.findOne({ tenantId, _id: id }),
    active: await collections.active_conversations.acrossTenants('test').findOne({ conversationId: id }),
    timeline: await anonymous('timeline'),
    answers: await anonymous('qualification_answers'),
    handoffs: await find('handoffs'),
    objections: await find('objections'),
    followUps: await find('follow_ups'),
  };
}

const counts = async () =>
  Promise.all(
    (['conversations', 'timeline', 'handoffs', 'follow_ups', 'active_conversations'] as const).map((name) =>
      target.collections[name].acrossTenants('test').countDocuments({}),
    ),
  );

describe('a timeline', () => {
  test('comes into another store as it is, with everything that follows from it', async () => {
    const { conversation, entries } = await converse();
    const restored = await restore(entries);
    expect(restored).toEqual({ conversation, added: entries.length });
    expect(await documentsOf(target, conversation.id)).toEqual(await documentsOf(source, conversation.id));
    expect((await rebuild(target.collections)).differences).toEqual([]);
  });

  test('comes in once, also when it is brought many times at once', async () => {
    const { conversation, entries } = await converse();
    const all = await Promise.all(Array.from({ length: 8 }, () => restore(entries)));
    expect(all.map((one) => one.conversation)).toEqual(all.map(() => conversation));
    expect(all.reduce((sum, { added }) => sum + added, 0)).toBe(entries.length);
    const before = await counts();
    expect(await restore(entries)).toEqual({ conversation, added: 0 });
    expect(await counts()).toEqual(before);
  });

  test('goes on as any conversation does', async () => {
    const { conversation, entries } = await converse();
    await restore(entries);
    target.at(source.now);
    const { conversation: after } = await target.run('messages.append', {
      conversationId: conversation.id,
      clientMessageId: 'later',
      author: { kind: 'customer' },
      text: 'Still there?',
    });
    expect(after).toMatchObject({ lastSeq: conversation.lastSeq + 1, version: conversation.version + 1 });
    expect(await restore(entries)).toMatchObject({ conversation: after, added: 0 });
    // A retry of what was said in the other store is answered as then.
    const again = await target.run('messages.append', {
      conversationId: conversation.id,
      clientMessageId: 'Hello, 发票',
      author: { kind: 'customer' },
      text: 'Hello, 发票',
    });
    expect(again.entries).toMatchObject([{ seq: 2 }]);
  });

  test('may be newer than what is here, and takes a redaction along', async () => {
    const { conversation, entries } = await converse();
    const message = entries.find((entry) => entry.kind === 'message');
    await restore(entries);
    const redacted = { conversationId: conversation.id, seq: message?.seq ?? 0 };
    source.wait(1);
    await source.run('messages.redact', redacted);
    const { items } = await source.store.timeline.read(source.tenantId, {
      conversationId: conversation.id,
      limit: 500,
    });
    expect(await restore(items)).toMatchObject({ added: 1 });
    expect(await documentsOf(target, conversation.id)).toEqual(await documentsOf(source, conversation.id));
  });

  test('that differs from what is here changes nothing, and the first difference is named', async () => {
    const { conversation, entries } = await converse();
    await restore(entries);
    const before = await counts();
    const other = entries.map((entry) =>
      entry.kind === 'message' && entry.seq === 2 ? { ...entry, text: 'Goodbye' } : entry,
    );
    expect(await refusalOf(restore(other))).toMatchObject({
      code: 'ENTRIES_DIFFER',
      details: { conversationId: conversation.id, seq: 2 },
    });
    expect(await counts()).toEqual(before);
  });

  test('with one message twice is refused whole', async () => {
    const { entries } = await converse();
    const before = await counts();
    const twice = entries.map((entry) =>
      entry.kind === 'message' ? { ...entry, clientMessageId: 'same' } : entry,
    );
    expect(await refusalOf(restore(twice))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'entries' }] },
    });
    expect(await counts()).toEqual(before);
  });

  test('of a contact who has an active conversation here is refused, and the others of its batch come in', async () => {
    const [one, two] = [await converse(), await converse()];
    const { contactId, channel } = one.conversation;
    const { id } = await target.create({ contactId, channel });
    const [refusal, restored] = await Promise.all([refusalOf(restore(one.entries)), restore(two.entries)]);
    expect(refusal).toMatchObject({ code: 'ALREADY_ACTIVE', details: { conversationId: id } });
    expect(restored.conversation).toEqual(two.conversation);
  });
});

describe('in pieces', () => {
  /** The entries in pieces of three: each but the last one says that more comes. */
  function piecesOf(entries: readonly Entry[]): [Entry[], more: boolean][] {
    const pieces: [Entry[], boolean][] = [];
    for (let start = 0; start < entries.length; start += 3)
      pieces.push([entries.slice(start, start + 3), start + 3 < entries.length]);
    return pieces;
  }

  test('a conversation does not exist until its last piece, and then it is whole', async () => {
    const { conversation, entries } = await converse();
    const { id: conversationId } = conversation;
    for (const [piece, more] of piecesOf(entries)) {
      expect(
        await refusalOf(target.store.conversations.get(target.tenantId, { conversationId })),
      ).toMatchObject({ code: 'NOT_FOUND' });
      const pending = await target.store.handoffs.pending(target.tenantId, { limit: 100 });
      expect(pending.items.map((handoff) => handoff.conversationId)).not.toContain(conversationId);
      expect(await refusalOf(target.run('conversations.pause', { conversationId }))).toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await restore(piece, more)).toEqual({
        conversation: more ? null : conversation,
        added: piece.length,
      });
    }
    expect(await documentsOf(target, conversationId)).toEqual(await documentsOf(source, conversationId));
  });

  test('a restore goes on where it was cut short, also in another process', async () => {
    const { conversation, entries } = await converse();
    await using other = await Scenario.open(database.uri);
    const stores = [target.store, other.store];
    const pieces = piecesOf(entries);
    for (const [index, [piece, more]] of pieces.slice(0, -1).entries())
      await stores[index % 2]?.restoreConversation(target.tenantId, restoreInput(piece, more));
    for (const [index, [piece, more]] of pieces.entries())
      await stores[index % 2]?.restoreConversation(target.tenantId, restoreInput(piece, more));
    expect(await documentsOf(target, conversation.id)).toEqual(await documentsOf(source, conversation.id));
  });

  test('a batch may have all of the pieces', async () => {
    const { conversation, entries } = await converse();
    const all = await Promise.all(piecesOf(entries).map(([piece, more]) => restore(piece, more)));
    expect(all.at(-1)?.conversation).toEqual(conversation);
    expect(await documentsOf(target, conversation.id)).toEqual(await documentsOf(source, conversation.id));
  });

  test('a message is blanked by the redaction of a later piece', async () => {
    const { conversation, entries } = await converse();
    const withText = entries.map((entry) =>
      entry.kind === 'message' && entry.redactedAt !== null
        ? { ...entry, text: 'My card is 4242', redactedAt: null }
        : entry,
    );
    await restore(withText.slice(0, 3), true);
    await restore(withText.slice(3));
    expect(await documentsOf(target, conversation.id)).toEqual(await documentsOf(source, conversation.id));
  });

  test('a second run of all pieces changes nothing', async () => {
    const { entries } = await converse();
    for (const [piece, more] of piecesOf(entries)) await restore(piece, more);
    const before = await counts();
    for (const [piece, more] of piecesOf(entries)) expect((await restore(piece, more)).added).toBe(0);
    expect(await counts()).toEqual(before);
  });
});

describe('an id that is taken', () => {
  test.each([
    ['conversation', (entries: Entry[]) => entries],
    ['handoff', (entries: Entry[]) => asOther(entries)],
  ])(
    'as a %s of another tenant is refused, as one of its own other conversation would be',
    async (_name, change) => {
      await target.store.agents.ensureDefaults(NEW_TENANT, {});
      const { entries } = await converse();
      await restore(entries);
      const before = await counts();
      const given = change(entries);
      expect(await refusalOf(restore(given, false, NEW_TENANT))).toMatchObject({
        code: 'ID_TAKEN',
        details: { conversationId: given[0]?.conversationId },
      });
      expect(await counts()).toEqual(before);
      const ofOwn = restore(asOther(entries).map((entry) => renamed(entry)));
      expect(await refusalOf(ofOwn)).toMatchObject({ code: 'ID_TAKEN' });
      expect(await counts()).toEqual(before);
    },
  );

  test('by an archive of another tenant does not keep a command from its work', async () => {
    const { conversation, entries } = await converse();
    await restore(entries, false, NEW_TENANT);
    const handoff = entries.findLast((entry) => entry.kind === 'handoff')?.handoff;
    const nextId = (id: string | undefined) =>
      vi.spyOn(ObjectId, 'generate').mockReturnValueOnce(Buffer.from(id ?? '', 'hex'));
    nextId(conversation.id);
    const made = await target.create({ contactId: 'unlucky' });
    expect(made.id).not.toBe(conversation.id);
    nextId(handoff?.id);
    const request = { from: SUPERVISOR, to: CLOSER, reason: 'Ready', trigger: 'manual' } as const;
    const requested = await target.run('handoffs.request', { conversationId: made.id, ...request });
    expect(requested.conversation.pendingHandoff?.id).not.toBe(handoff?.id);
    vi.restoreAllMocks();
  });
});

/** The same entries as of another conversation: the ids of its work stay. */
function asOther(entries: readonly Entry[]): Entry[] {
  const id = new ObjectId().toHexString();
  return JSON.parse(
    JSON.stringify(entries).replaceAll(
      `"conversationId":"${entries[0]?.conversationId}"`,
      `"conversationId":"${id}"`,
    ),
  );
}

function renamed(entry: Entry): Entry {
  return entry.kind === 'created' ? { ...entry, contactId: `${entry.contactId}-other` } : entry;
}
