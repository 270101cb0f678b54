import { fold, Refusal } from '@baton/domain';
import {
  AgentId,
  type CommandInput,
  commandInputs,
  type CommandType,
  type Conversation,
  type Entry,
  SalesStage,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { conversationOf, entryOf } from '../schema/mapping.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('projections');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const PERSON = AgentId.parse('maria');
const AGENTS = [...['supervisor', 'qualifier', 'closer'].map((id) => AgentId.parse(id)), PERSON];
const HOUR_MS = 3_600_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let contacts = 0;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const common = { roles: [], capacity: null, availability: 'available' as const, members: [] };
  await store.agents.register(TENANT, { id: PERSON, kind: 'human', ...common });
});

afterAll(async () => {
  await store.drain();
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

/** Carries out a command as a caller of the API writes it. */
async function execute(type: CommandType, input: object): Promise<Conversation> {
  // Of one of the types, and the input of that very type.
  const parsed = commandInputs[type].parse(input) as CommandInput<typeof type>;
  return (await store.execute(caller, type, parsed)).conversation;
}

const contact = () => ({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });

type Place = { conversation: Conversation };

/** A command on one of the conversations, made from what that conversation was when it last answered. */
type Step = {
  place: number;
  name: string;
  act: (conversation: Conversation) => [CommandType, object] | null;
};

const step = (name: string, act: Step['act']): Omit<Step, 'place'> => ({ name, act });

const of = ({ id }: Conversation) => ({ conversationId: id });

const handing = (type: 'handoffs.transfer' | 'handoffs.request', to: AgentId) =>
  step(`${type} to ${to}`, (conversation) => [
    type,
    { ...of(conversation), from: conversation.owner.agentId, to, reason: 'Because', trigger: 'manual' },
  ]);

const onPending = (type: 'handoffs.accept' | 'handoffs.reject' | 'handoffs.cancel') =>
  step(type, ({ pendingHandoff }) =>
    pendingHandoff === null ? null : [type, { handoffId: pendingHandoff.id, by: pendingHandoff.to }],
  );

const status = (change: 'pause' | 'resume' | 'close' | 'abandon' | 'reopen') =>
  step(change, (conversation) => [`conversations.${change}`, of(conversation)]);

const says = (number: number, as: 'customer' | 'agent') =>
  step(`${as} says ${number}`, (conversation) => [
    'messages.append',
    {
      ...of(conversation),
      clientMessageId: `message-${number}`,
      author: as === 'customer' ? { kind: as } : { kind: as, agentId: conversation.owner.agentId },
      text: `Words ${number}`,
    },
  ]);

const answers = (verdict: boolean, fields: readonly string[], advance: boolean) =>
  step(`answers ${fields.join(' ')}`, (conversation) => [
    'qualification.record',
    {
      ...of(conversation),
      ...(fields.includes('budget') && { budget: { verdict, value: '500 a month' } }),
      ...(fields.includes('authority') && { authority: { verdict, role: 'owner' } }),
      ...(fields.includes('need') && { need: { verdict, useCase: 'support' } }),
      timeline: { verdict, timeframe: 'soon' },
      by: PERSON,
      advance,
    },
  ]);

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

const steps: fc.Arbitrary<Omit<Step, 'place'>>[] = [
  fc
    .tuple(fc.nat(30), fc.constantFrom('customer' as const, 'agent' as const))
    .map(([number, as]) => says(number, as)),
  fc.nat(30).map((number) =>
    step(`turn ${number}`, (conversation) => [
      'messages.appendTurn',
      {
        ...of(conversation),
        messages: [0, 1, 2].map((offset) => ({
          clientMessageId: `turn-${number}-${offset}`,
          author: { kind: 'customer' },
          text: `Words ${number}`,
        })),
      },
    ]),
  ),
  fc
    .nat(8)
    .map((back) =>
      step(`redact ${back} back`, (conversation) => [
        'messages.redact',
        { ...of(conversation), seq: Math.max(1, conversation.lastSeq - back) },
      ]),
    ),
  fc
    .tuple(
      fc.constantFrom('handoffs.transfer' as const, 'handoffs.request' as const),
      fc.constantFrom(...AGENTS),
    )
    .map(([type, to]) => handing(type, to)),
  fc
    .constantFrom('handoffs.accept' as const, 'handoffs.reject' as const, 'handoffs.cancel' as const)
    .map(onPending),
  fc
    .constantFrom('takeover', 'release')
    .map((change) =>
      step(change, (conversation) => [
        change === 'takeover' ? 'handoffs.takeover' : 'handoffs.release',
        { ...of(conversation), by: PERSON },
      ]),
    ),
  fc
    .tuple(fc.constantFrom(...SalesStage.options), fc.boolean())
    .map(([to, force]) =>
      step(`move to ${to}`, (conversation) => [
        'stages.transition',
        { ...of(conversation), to, force, reason: 'Because', lossReason: 'Too dear' },
      ]),
    ),
  fc
    .tuple(fc.boolean(), fc.subarray(['budget', 'authority', 'need']), fc.boolean())
    .map(([verdict, fields, advance]) => answers(verdict, fields, advance)),
  fc
    .constantFrom('low', 'high')
    .map((severity) =>
      step('raise', (conversation) => [
        'objections.raise',
        { ...of(conversation), type: 'price', text: 'Too dear', severity },
      ]),
    ),
  fc.tuple(fc.boolean(), fc.boolean()).map(([isResolved, isScheduled]) =>
    step(isResolved ? 'resolve' : 'defer', ({ objections: [objection] }) => {
      if (objection === undefined) return null;
      const { id: objectionId } = objection;
      return isResolved
        ? ['objections.resolve', { objectionId, method: 'Discount', handledBy: PERSON, confidence: 0.5 }]
        : [
            'objections.defer',
            { objectionId, reason: 'Later', ...(isScheduled && { followUpAt: inHours(3) }) },
          ];
    }),
  ),
  fc.tuple(fc.integer({ min: -2, max: 2 }), fc.boolean()).map(([hours, onReply]) =>
    step('schedule', (conversation) => [
      'followUps.schedule',
      {
        ...of(conversation),
        type: 'nurture',
        dueAt: inHours(hours),
        cancelOn: onReply ? ['customer_reply'] : ['close'],
      },
    ]),
  ),
  fc.boolean().map((isSnoozed) =>
    step(isSnoozed ? 'snooze' : 'cancel a follow-up', ({ followUps: [followUp] }) => {
      if (followUp === undefined) return null;
      const { id: followUpId } = followUp;
      return isSnoozed
        ? ['followUps.snooze', { followUpId, until: inHours(5) }]
        : ['followUps.cancel', { followUpId }];
    }),
  ),
  fc
    .constantFrom(
      'pause' as const,
      'resume' as const,
      'close' as const,
      'abandon' as const,
      'reopen' as const,
    )
    .map(status),
  fc.nat(3).map((number) =>
    step(`tags ${number}`, (conversation) => [
      'conversations.update',
      {
        ...of(conversation),
        tags: [`tag-${number}`],
        idempotencyKey: `update-${conversation.id}-${number}`,
      },
    ]),
  ),
  fc
    .nat(900)
    .map((monthlyValueCents) =>
      step('agree on a deal', (conversation) => [
        'deals.update',
        { ...of(conversation), deal: { monthlyValueCents, paymentMethod: 'ach' } },
      ]),
    ),
  fc
    .constantFrom('won', 'lost')
    .map((outcome) =>
      step(`close the deal as ${outcome}`, (conversation) => [
        'deals.close',
        { ...of(conversation), outcome, lossReason: 'Too dear' },
      ]),
    ),
  fc
    .constantFrom('web', 'sms')
    .map((channel) =>
      step(`the contact again on ${channel}`, ({ contactId }) => [
        'conversations.create',
        { contactId, channel },
      ]),
    ),
];

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
  for await (const document of collections.active_conversations.collection.find()) {
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
  for (const { collection } of [
    conversations,
    timeline,
    handoffs,
    objections,
    followUps,
    given,
    active,
    idempotency,
  ]) {
    await collection.deleteMany({});
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
