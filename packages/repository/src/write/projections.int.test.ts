import { fold, Refusal } from '@baton/domain';
import type { Entry } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contact,
  execute,
  inHours,
  PERSON,
  type Place,
  type Step,
  steps,
  store,
  TENANT,
  useProjectionStore,
} from '../../test/projection-steps.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { conversationOf, entryOf } from '../schema/mapping.ts';
import type { Store } from '../store.ts';

useProjectionStore();

/** Most commands of a sequence, and how many of them are on their way at once. */
const LENGTH = 40;

const sequences = fc.record({
  steps: fc.array(
    fc
      .tuple(fc.nat(2), fc.oneof(...steps))
      .map(([place, made]) => ({ ...made, place, toString: () => made.name })),
    { minLength: LENGTH / 2, maxLength: LENGTH },
  ),
  atOnce: fc.integer({ min: 1, max: 12 }),
});

/** Carries out the steps, so many at a time; a refusal is an answer like any other. */
async function carryOut(all: readonly Step[], atOnce: number, places: readonly Place[]): Promise<void> {
  const queue = [...all];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const place = places[next.place % places.length];
      const command = place === undefined ? null : next.act(place.conversation);
      if (place === undefined || command === null) continue;
      try {
        const after = await execute(...command);
        if (after.id === place.conversation.id && after.version > place.conversation.version) {
          place.conversation = after;
        }
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'UNAVAILABLE') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

type Items = Record<string, unknown>;

/** What the four projections and the places of active conversations must hold, by what the timelines say. */
function expectedOf(timelines: ReadonlyMap<string, Entry[]>): Record<string, Items> {
  const handoffs: Items = {};
  const objections: Items = {};
  const followUps: Items = {};
  const given: Items = {};
  const active: Items = {};
  for (const [id, entries] of timelines) {
    for (const entry of entries) {
      if (entry.kind === 'handoff') handoffs[entry.handoff.id] = entry.handoff;
      if (entry.kind === 'objection') objections[entry.objection.id] = entry.objection;
      if (entry.kind === 'follow_up') followUps[entry.followUp.id] = entry.followUp;
      if (entry.kind !== 'qualification') continue;
      for (const [field, answer] of Object.entries(entry.answers))
        given[`${id}/${entry.seq}/${field}`] = answer;
    }
    const conversation = fold(entries);
    if (conversation?.status === 'active') active[`${conversation.contactId}/${conversation.channel}`] = id;
  }
  return { handoffs, objections, followUps, given, active };
}

async function keptOf({ collections }: Store): Promise<Record<string, Items>> {
  const kept: Record<string, Items> = { handoffs: {}, objections: {}, followUps: {}, given: {}, active: {} };
  const keep = (name: string, key: string, value: unknown) =>
    Object.assign(kept[name] ?? {}, { [key]: value });
  for await (const document of collections.handoffs.collection.find({ tenantId: TENANT })) {
    const { _id, tenantId: _tenant, channel: _channel, ...rest } = collections.handoffs.decode(document);
    keep('handoffs', _id, { id: _id, ...rest });
  }
  for await (const document of collections.objections.collection.find({ tenantId: TENANT })) {
    const { _id, tenantId: _tenant, channel: _channel, ...rest } = collections.objections.decode(document);
    keep('objections', _id, { id: _id, ...rest });
  }
  for await (const document of collections.follow_ups.collection.find({ tenantId: TENANT })) {
    const {
      _id,
      tenantId: _tenant,
      channel: _channel,
      lease: _lease,
      ...rest
    } = collections.follow_ups.decode(document);
    keep('followUps', _id, { id: _id, ...rest });
  }
  for await (const document of collections.qualification_answers.collection.find({ tenantId: TENANT })) {
    const { conversationId, seq, field, answer } = collections.qualification_answers.decode(document);
    keep('given', `${conversationId}/${seq}/${field}`, answer);
  }
  for await (const document of collections.active_conversations.acrossTenants('test').find({})) {
    const { _id, conversationId } = collections.active_conversations.decode(document);
    keep('active', `${_id.contactId}/${_id.channel}`, conversationId);
  }
  return kept;
}

async function timelinesOf({ collections }: Store): Promise<Map<string, Entry[]>> {
  const timelines = new Map<string, Entry[]>();
  for await (const document of collections.timeline.collection.find({ tenantId: TENANT }).sort({ seq: 1 })) {
    const entry = entryOf(collections.timeline.decode(document));
    timelines.set(entry.conversationId, [...(timelines.get(entry.conversationId) ?? []), entry]);
  }
  return timelines;
}

/** Looks at everything that is kept. */
async function expectWhole(): Promise<void> {
  const timelines = await timelinesOf(store);
  expect(await rebuild(store.collections)).toEqual({ checked: timelines.size, differences: [] });
  for (const entries of timelines.values()) {
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    const instants = entries.map(({ at }) => at);
    expect(instants).toEqual(instants.toSorted());
    for (const entry of entries) {
      if (entry.kind !== 'redaction') continue;
      expect(entries[entry.targetSeq - 1]).toMatchObject({ text: '', redactedAt: entry.at });
    }
  }
  const expected = expectedOf(timelines);
  expect(await keptOf(store)).toEqual(expected);
  for await (const document of store.collections.conversations.collection.find({ tenantId: TENANT })) {
    const { id, pendingHandoff, objections, activeObjections, followUps } = conversationOf(
      store.collections.conversations.decode(document),
    );
    const mine = (name: string, isOpen: string) =>
      Object.values(expected[name] ?? {}).filter((item) => {
        const { conversationId, status: now } = item as { conversationId: string; status: string };
        return conversationId === id && now === isOpen;
      });
    expect(pendingHandoff === null ? [] : [pendingHandoff]).toEqual(mine('handoffs', 'pending'));
    expect(new Set(objections)).toEqual(new Set(mine('objections', 'active')));
    expect(activeObjections).toBe(objections.length);
    expect(new Set(followUps)).toEqual(new Set(mine('followUps', 'open')));
  }
}

async function forgetEverything(): Promise<void> {
  const { conversations, timeline, handoffs, objections, follow_ups: followUps } = store.collections;
  const { qualification_answers: given, active_conversations: active, idempotency } = store.collections;
  for (const { acrossTenants } of [
    conversations,
    timeline,
    handoffs,
    objections,
    followUps,
    given,
    active,
    idempotency,
  ]) {
    await acrossTenants('test').deleteMany({});
  }
}

test('whatever happens at once, what is kept agrees with the timelines', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async ({ steps: all, atOnce }) => {
      await forgetEverything();
      const places = await Promise.all(
        [1, 2, 3].map(async (): Promise<Place> => ({
          conversation: await execute('conversations.create', contact()),
        })),
      );
      await carryOut(all, atOnce, places);
      await expectWhole();
      done += places.reduce((sum, { conversation }) => sum + conversation.version - 1, 0);
    }),
    { numRuns: 30 },
  );
  // A sequence of refusals would prove nothing.
  expect(done).toBeGreaterThan(300);
});

describe('a list shows', () => {
  test('a handoff as it stands, one document however often it changed', async () => {
    const { id: conversationId } = await execute('conversations.create', contact());
    const request = {
      conversationId,
      from: 'supervisor',
      to: 'closer',
      reason: 'Because',
      trigger: 'manual',
    };
    const { pendingHandoff } = await execute('handoffs.request', request);
    await execute('handoffs.accept', { handoffId: pendingHandoff?.id, by: 'closer' });
    const { items } = await store.handoffs.list(TENANT, { conversationId, limit: 10 });
    expect(items).toMatchObject([{ id: pendingHandoff?.id, status: 'accepted', acceptedBy: 'closer' }]);
  });

  test('each answer that was ever given, the corrected one too', async () => {
    const { id: conversationId } = await execute('conversations.create', contact());
    const by = { conversationId, by: PERSON };
    await execute('qualification.record', { ...by, budget: { verdict: false, value: 'none' } });
    await execute('qualification.record', {
      ...by,
      budget: { verdict: true, value: '500' },
      need: { verdict: true, useCase: 'support' },
    });
    const { items } = await store.qualification.history(TENANT, { conversationId, limit: 10 });
    expect(items.map(({ field, seq }) => `${field} ${seq}`).toSorted()).toEqual([
      'budget 2',
      'budget 3',
      'need 3',
    ]);
  });

  test("a follow-up without a worker's lease once the follow-up has changed", async () => {
    const { id: conversationId } = await execute('conversations.create', contact());
    const { followUps } = await execute('followUps.schedule', {
      conversationId,
      type: 'nurture',
      dueAt: inHours(-1),
    });
    const followUpId = followUps[0]?.id;
    const all = await store.followUps.claim(TENANT, { limit: 100, leaseMs: 60_000 });
    const leaseToken = all.find(({ followUp }) => followUp.id === followUpId)?.leaseToken;
    expect(leaseToken).toBeDefined();
    await execute('followUps.snooze', { followUpId, until: inHours(1) });
    const late = { followUpId, leaseToken };
    await expect(execute('followUps.complete', late)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });
});
