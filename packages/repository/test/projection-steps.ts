import {
  AgentId,
  type CommandInput,
  commandInputs,
  type CommandType,
  type Conversation,
  SalesStage,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { connect, type Connection } from '../src/connection/connection.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import { openStore, type Store } from '../src/store.ts';
import type { Caller } from '../src/write/submit-command.ts';
import { HOUR_MS } from './clocks.ts';

export const TENANT = TenantId.parse('projections');

export const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

export const PERSON = AgentId.parse('maria');

export const AGENTS = [...['supervisor', 'qualifier', 'closer'].map((id) => AgentId.parse(id)), PERSON];

export let database: Awaited<ReturnType<typeof testDatabase>>;

export let connection: Connection;

export let store: Store;

let contacts = 0;

/** Carries out a command as a caller of the API writes it. */
export async function execute(type: CommandType, input: object): Promise<Conversation> {
  // Of one of the types, and the input of that very type.
  const parsed = commandInputs[type].parse(input) as CommandInput<typeof type>;
  return (await store.execute(caller, type, parsed)).conversation;
}

export const contact = () => ({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });

export type Place = { conversation: Conversation };

/** A command on one of the conversations, made from what that conversation was when it last answered. */
export type Step = {
  place: number;
  name: string;
  act: (conversation: Conversation) => [CommandType, object] | null;
};

export const step = (name: string, act: Step['act']): Omit<Step, 'place'> => ({ name, act });

export const of = ({ id }: Conversation) => ({ conversationId: id });

export const handing = (type: 'handoffs.transfer' | 'handoffs.request', to: AgentId) =>
  step(`${type} to ${to}`, (conversation) => [
    type,
    { ...of(conversation), from: conversation.owner.agentId, to, reason: 'Because', trigger: 'manual' },
  ]);

export const onPending = (type: 'handoffs.accept' | 'handoffs.reject' | 'handoffs.cancel') =>
  step(type, ({ pendingHandoff }) =>
    pendingHandoff === null ? null : [type, { handoffId: pendingHandoff.id, by: pendingHandoff.to }],
  );

export const status = (change: 'pause' | 'resume' | 'close' | 'abandon' | 'reopen') =>
  step(change, (conversation) => [`conversations.${change}`, of(conversation)]);

export const says = (number: number, as: 'customer' | 'agent') =>
  step(`${as} says ${number}`, (conversation) => [
    'messages.append',
    {
      ...of(conversation),
      clientMessageId: `message-${number}`,
      author: as === 'customer' ? { kind: as } : { kind: as, agentId: conversation.owner.agentId },
      text: `Words ${number}`,
    },
  ]);

export const answers = (verdict: boolean, fields: readonly string[], advance: boolean) =>
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

export const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

export const steps: fc.Arbitrary<Omit<Step, 'place'>>[] = [
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

/** Opens it before the tests of a file, and closes it after them. */
export function useProjectionStore(): void {
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
}
