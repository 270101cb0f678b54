import { TenantId, timestamp } from '@baton/schema';
import { shiftDate } from '@baton/testing/shift-date';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HOUR_MS, movedClock } from '../../test/clocks.ts';
import { Killed, killedEraser } from '../../test/killed-eraser.ts';
import { Scenario } from '../../test/scenario.ts';
import { aTalk, CONTACT } from '../../test/talk.ts';
import { whereWordStands } from '../../test/words.ts';
import { OPERATOR } from '../audit/append.ts';
import { suspendTenant } from '../maintenance/tenants.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { Eraser } from './erase-conversation.ts';
import { countPast } from './past-limit.ts';
import { runRetention } from './run-retention.ts';

const LONG_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

let scenario: Scenario;
let collections: Collections;
let tenantId: TenantId;
/** Every document before, by collection. */
const before = new Map<string, Document[]>();
let ids: ObjectId[];

const followUp = (conversationId: string) => ({
  conversationId,
  type: 'nurture' as const,
  dueAt: '2040-02-01T09:00:00.000Z',
  cancelOn: [],
});

/** A conversation with words of its contact in every collection, which was closed long ago. */
async function aClosedTalk(channel: 'web' | 'sms'): Promise<ObjectId> {
  const conversationId = await aTalk(scenario, channel);
  const { followUps } = await scenario.store.conversations.get(tenantId, { conversationId });
  for (const { id } of followUps) await scenario.run('followUps.cancel', { followUpId: id });
  await scenario.run('conversations.close', { conversationId });
  return new ObjectId(conversationId);
}

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ collections, tenantId } = scenario);
  ids = [await aClosedTalk('web'), await aClosedTalk('sms')];
  const other = await scenario.tenant('other');
  const theirs = await scenario.create({ contactId: 'theirs', contact: { name: 'Theirs' } }, other);
  await scenario.run('conversations.close', { conversationId: theirs.id }, other);
  // By the clock of MongoDB, which is months later than that of the scenario.
  await collections.contacts
    .acrossTenants('test')
    .updateMany({}, { $set: { updatedAt: new Date(scenario.now) } });
  await scenario.store.drain();
  for (const { name } of await collections.db.listCollections().toArray())
    before.set(name, await collections.db.collection(name).find().toArray());
});
afterAll(() => scenario[Symbol.asyncDispose]());

async function putBack(): Promise<void> {
  for (const { name } of await collections.db.listCollections().toArray()) {
    await collections.db.collection(name).deleteMany({});
    const documents = before.get(name) ?? [];
    if (documents.length > 0) await collections.db.collection(name).insertMany(documents);
  }
}
beforeEach(putBack);

const retention = () => scenario.store.retention;
const set = (days: number | null, tenant = tenantId) => retention().set(tenant, { days }, OPERATOR);

/** Goes on until nothing is due, each time two minutes later. */
async function runToTheEnd(eraser: Eraser = killedEraser(scenario, 0, 'before')): Promise<number> {
  let erased = 0;
  for (let minutes = 0; minutes < 6; minutes += 2) {
    const clock = movedClock(() => collections.clock.now() + minutes * 60_000);
    erased += await runRetention({ ...eraser, collections: { ...eraser.collections, clock } }, LONG_MS);
  }
  return erased;
}

const runs = async () => {
  const { items } = await scenario.store.admin.audit(tenantId, { action: 'privacy.runRetention', limit: 9 });
  return items;
};

test('what is past the limit is gone to the last byte; figures and folds stay right', async () => {
  const figures = () => scenario.store.metrics.overview(tenantId, {});
  const { messages, handoffs } = await figures();
  expect(await retention().preview(tenantId, { days: 30 })).toMatchObject({
    conversations: 2,
    contacts: 1,
    complete: true,
  });
  expect(await set(30)).toEqual({ days: 30, changedAt: expect.any(String), changedBy: OPERATOR });
  expect(await retention().get(tenantId, {})).toMatchObject({ left: { conversations: 2 }, run: null });
  expect(await runToTheEnd()).toBe(3);
  await scenario.store.drain();
  expect(await whereWordStands(collections.db)).toEqual([]);
  expect(await rebuild(collections)).toMatchObject({ differences: [] });
  expect(await figures()).toMatchObject({ messages, handoffs });
  const { left, run, nextAt } = await retention().get(tenantId, {});
  expect({ left, run }).toMatchObject({
    left: { conversations: 0, contacts: 0 },
    run: { conversations: 2, contacts: 1, failed: 0, lastError: null, finishedAt: expect.any(String) },
  });
  expect(Date.parse(nextAt ?? '')).toBeGreaterThan(Date.parse(run?.finishedAt ?? ''));
  expect(await runs()).toMatchObject([{ actor: OPERATOR, details: { conversations: 2, contacts: 1 } }]);
  const changes = await scenario.store.admin.audit(tenantId, { action: 'privacy.setRetention', limit: 9 });
  expect(changes.items).toMatchObject([{ details: { days: 30, before: null } }]);
});

test('killed before any of its writes, which is after the one before it, it goes on to the same end', async () => {
  let nth = 1;
  for (; ; nth += 1) {
    await putBack();
    await set(30);
    const killed = await runToTheEnd(killedEraser(scenario, nth, 'before')).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        return true;
      },
    );
    if (!killed) break;
    await runToTheEnd();
    expect(await whereWordStands(collections.db), `write ${nth}`).toEqual([]);
    const { run } = await retention().get(tenantId, {});
    expect(run, `write ${nth}`).toMatchObject({ conversations: 2, contacts: 1, failed: 0 });
    expect(run?.finishedAt).not.toBeNull();
    expect(await runs(), `write ${nth}`).toHaveLength(1);
  }
  expect(nth).toBeGreaterThan(15);
  expect(await rebuild(collections)).toMatchObject({ differences: [] });
}, 90_000);

test('two processes at once erase each thing once', async () => {
  await set(30);
  const both = await Promise.all([runToTheEnd(), runToTheEnd()]);
  await runToTheEnd();
  expect(both[0] + both[1]).toBe(3);
  expect(await whereWordStands(collections.db)).toEqual([]);
  expect((await retention().get(tenantId, {})).run).toMatchObject({ conversations: 2, contacts: 1 });
  expect(await runs()).toHaveLength(1);
});

test('who lost the turn to another writes nothing of it any more', async () => {
  await set(30);
  const eraser = killedEraser(scenario, 0, 'before');
  let isLate = false;
  /** Another process turns to the tenant while this one still erases. */
  const drain = async () => {
    if (isLate) return;
    isLate = true;
    await collections.leases.collection.deleteMany({});
    await runToTheEnd();
  };
  await expect(runRetention({ ...eraser, drain }, LONG_MS)).rejects.toThrow('was lost');
  expect((await retention().get(tenantId, {})).run).toMatchObject({
    conversations: 2,
    contacts: 1,
    lastError: null,
  });
  expect(await runs()).toHaveLength(1);
});

test('the clock of MongoDB decides what is past the limit, whatever that of a process says', async () => {
  const days = Math.floor((collections.clock.now() - Date.parse(scenario.now)) / DAY_MS);
  {
    using off = shiftDate(400 * DAY_MS);
    expect(off).toBeDefined();
    await set(days + 2);
    expect(await runToTheEnd()).toBe(0);
    await set(days);
  }
  using off = shiftDate(-400 * DAY_MS);
  expect(off).toBeDefined();
  expect(await runToTheEnd()).toBe(3);
});

test('nothing of another tenant changes, and one without a limit keeps everything', async () => {
  const other = TenantId.parse('other');
  const theirs = async () => {
    const found = new Map<string, Document[]>();
    for (const name of ['conversations', 'timeline', 'contacts', 'agents'] as const) {
      const id = name === 'contacts' || name === 'agents' ? '_id.tenantId' : 'tenantId';
      found.set(
        name,
        await collections[name]
          .acrossTenants('test')
          .find({ [id]: other })
          .toArray(),
      );
    }
    return found;
  };
  const first = await theirs();
  expect(first.get('conversations')).toHaveLength(1);
  await set(30);
  expect(await runToTheEnd()).toBe(3);
  expect(await theirs()).toEqual(first);
  expect(await retention().get(other, {})).toMatchObject({ days: null, left: null, run: null });
  await set(30, other);
  expect(await runToTheEnd()).toBe(2);
});

test('what is open, has work to come, or was changed lately stays, with its contact', async () => {
  const open = await scenario.create({
    contactId: 'open',
    contact: { name: 'Open' },
    initialMessage: { text: 'Open' },
  });
  const paused = await scenario.create({ contactId: 'paused', contact: { name: 'Paused' } });
  await scenario.run('conversations.pause', { conversationId: paused.id });
  const due = await scenario.create({ contactId: 'due', contact: { name: 'Due' } });
  await scenario.run('conversations.close', { conversationId: due.id });
  await scenario.run('followUps.schedule', followUp(due.id));
  const recent = await scenario.create({ contactId: 'recent', contact: { name: 'Recent' } });
  await scenario.run('conversations.close', { conversationId: recent.id, at: timestamp(Date.now()) });
  const known = await scenario.create({ contactId: 'known', contact: { name: 'Known' } });
  await scenario.run('conversations.close', { conversationId: known.id });
  const contacts = collections.contacts.acrossTenants('test');
  await contacts.updateOne({ '_id.contactId': 'known' }, { $set: { updatedAt: new Date() } });
  await contacts.updateMany({ '_id.contactId': { $ne: 'known' } }, { $set: { updatedAt: new Date(0) } });
  await set(30);
  expect(await retention().get(tenantId, {})).toMatchObject({ left: { conversations: 3, contacts: 1 } });
  expect(await runToTheEnd()).toBe(4);
  const kept = await contacts.find({ '_id.tenantId': tenantId }).toArray();
  expect(new Set(kept.map(({ _id }: Document) => _id.contactId))).toEqual(
    new Set(['due', 'known', 'open', 'paused', 'recent']),
  );
  for (const { id, contactId } of [open, paused, due, recent])
    expect(await scenario.store.conversations.get(tenantId, { conversationId: id })).toMatchObject({
      contactId,
    });
  const erased = await scenario.store.conversations.get(tenantId, { conversationId: known.id });
  expect(erased.contactId).toMatch(/^erased-/);
});

test('what somebody turns to between the look and the erasure stays', async () => {
  await set(30);
  const eraser = killedEraser(scenario, 0, 'before');
  const [first] = ids;
  const submit: Eraser['submit'] = async (caller, command) => {
    const conversationId = first?.toHexString() ?? '';
    const isFirst = 'conversationId' in command.input && command.input.conversationId === conversationId;
    if (isFirst) await scenario.run('conversations.reopen', { conversationId, at: undefined });
    return eraser.submit(caller, command);
  };
  expect(await runToTheEnd({ ...eraser, submit })).toBe(1);
  const { run } = await retention().get(tenantId, {});
  expect(run).toMatchObject({ conversations: 1, contacts: 0, failed: 0, lastError: null });
  const conversations = await collections.conversations.collection.find({ tenantId }).toArray();
  expect(conversations.map(({ contactId }) => contactId === CONTACT)).toEqual(
    expect.arrayContaining([false, true]),
  );
});

test('without a limit any more a run ends with what it has in hand', async () => {
  await set(30);
  const eraser = killedEraser(scenario, 0, 'before');
  const submit: Eraser['submit'] = async (caller, command) => {
    await set(null);
    return eraser.submit(caller, command);
  };
  expect(await runToTheEnd({ ...eraser, submit })).toBe(2);
  const { days, left, run, nextAt } = await retention().get(tenantId, {});
  expect({ days, left, nextAt }).toEqual({ days: null, left: null, nextAt: null });
  expect(run).toMatchObject({ conversations: 2, contacts: 0, finishedAt: expect.any(String) });
  expect(await whereWordStands(collections.db)).toEqual(['contact_terms', 'contacts']);
});

const DAMAGE = { bypassDocumentValidation: true };

test('what cannot be erased is named, and keeps nothing else', async () => {
  const { conversations } = collections;
  const [damaged] = ids;
  const filter = { _id: damaged ?? new ObjectId(), tenantId };
  const stage = (await conversations.collection.findOne(filter))?.['stage'];
  await conversations.collection.updateOne(filter, { $set: { stage: 'nowhere' } }, DAMAGE);
  await set(30);
  expect(await runToTheEnd()).toBe(1);
  const lastError = { code: 'UNREADABLE', conversationId: damaged?.toHexString() };
  expect((await retention().get(tenantId, {})).run).toMatchObject({ conversations: 1, failed: 1, lastError });
  await conversations.collection.updateOne(filter, { $set: { stage } }, DAMAGE);
  await set(30);
  expect(await runToTheEnd()).toBe(2);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('words that could not be removed are tried again in the next run, with or without a limit', async () => {
  await set(30);
  const eraser = killedEraser(scenario, 0, 'before');
  const { timeline } = collections;
  const mark = { tenantId, conversationId: ids[0] ?? new ObjectId(), kind: 'erasure' };
  let key: unknown;
  const drain = async () => {
    key = (await timeline.collection.findOne(mark))?.['contactId'];
    await timeline.collection.updateOne(mark, { $set: { contactId: 7 } }, DAMAGE);
  };
  expect(await runToTheEnd({ ...eraser, drain })).toBe(2);
  expect((await retention().get(tenantId, {})).run).toMatchObject({ conversations: 1, failed: 1 });
  expect(await whereWordStands(collections.db)).toContain('timeline');
  await timeline.collection.updateOne(mark, { $set: { contactId: key } });
  await set(null);
  expect(await runToTheEnd()).toBe(1);
  expect(await whereWordStands(collections.db)).toEqual([]);
});

test('many tenants take turns, a suspended one has none, and a fault of one costs no other', async () => {
  const record = (name: string, at: number): Document => ({
    _id: name,
    tenantId: name,
    days: 30,
    changedAt: new Date(at),
    changedBy: OPERATOR,
    dueAt: new Date(at),
    run: null,
  });
  await suspendTenant(collections, TenantId.parse('other'));
  const documents = [
    record('other', 0),
    { ...record('damaged', 1), days: 'many' },
    ...Array.from({ length: 9 }, (_, index) => record(`tenant-${index}`, 2 + index)),
  ];
  await collections.retention.collection.insertMany(documents, DAMAGE);
  const begun = () =>
    collections.retention.acrossTenants('test').countDocuments({ 'run.startedAt': { $exists: true } });
  const round = () => runRetention(killedEraser(scenario, 0, 'before'), 0);
  await expect(round()).rejects.toMatchObject({ code: 'UNREADABLE' });
  expect(await begun()).toBe(6);
  // Those behind them come first now.
  await round().catch(() => undefined);
  expect(await begun()).toBe(9);
});

test('what was erased by a limit is not erased again as if it were a contact', async () => {
  await set(30);
  await runToTheEnd();
  const [conversationId] = ids.map((id) => id.toHexString());
  const { contactId } = await scenario.store.conversations.get(tenantId, {
    conversationId: conversationId as never,
  });
  await expect(scenario.store.privacy.erase(tenantId, { contactId }, OPERATOR)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a count that takes too long says that there is more', async () => {
  expect(await countPast(collections, tenantId, timestamp(Date.now()), -1)).toMatchObject({
    conversations: 0,
    complete: false,
  });
});
