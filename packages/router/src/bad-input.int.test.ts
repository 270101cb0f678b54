import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { changesNothing, faultsOf } from '../test/faults.ts';
import { createOneOfEach, type Fixture, procedures } from '../test/procedures.ts';

let server: TestServer;
let fixture: Fixture;

beforeAll(async () => {
  server = await startTestServer();
  fixture = await createOneOfEach(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const inputs = Object.entries(procedures).filter(([, { input }]) => input(sample()) !== undefined);

/** Any ids of the right form: what is wrong in these tests is found before anything is looked up. */
function sample(): Fixture {
  const id = '0123456789abcdef01234567';
  return (
    fixture ?? { conversationId: id, handoffId: id, objectionId: id, followUpId: id, leaseToken: 'lease' }
  );
}

function send(path: string, input: unknown): Promise<Answer> {
  return procedures[path]?.type === 'query' ? server.query(path, input) : server.mutate(path, input);
}

const wrongValues = (value: unknown): unknown[] => [
  { $gt: '' },
  [{ $ne: null }],
  typeof value === 'string' ? 42 : 'wrong',
  typeof value === 'boolean' ? 1 : true,
  null,
];

/** Null takes away what is there. */
const TAKES_NULL: ReadonlySet<string> = new Set([
  'contacts.update.name',
  'privacy.setRetention.days',
  'tenant.update.businessHours',
]);

describe('whatever the procedure', () => {
  test.each(inputs)('%s refuses a key that it does not know, and says which', async (path, { input }) => {
    await changesNothing(server, async () => {
      const answer = faultsOf(await send(path, { ...input(fixture), $where: 'sleep(1)' }));
      expect(answer).toMatchObject({
        status: 400,
        code: 'INVALID_INPUT',
        paths: ['$where'],
        message: 'Invalid input. $where: Unknown key',
      });
    });
  });

  test.each(inputs.filter(([, { input }]) => Object.keys(input(sample()) ?? {}).length > 0))(
    '%s refuses operators and wrong types in each of its fields, at the path of the field',
    async (path, { input }) => {
      await changesNothing(server, async () => {
        for (const [field, value] of Object.entries(input(fixture) ?? {})) {
          for (const wrong of wrongValues(value)) {
            if (wrong === null && TAKES_NULL.has(`${path}.${field}`)) continue;
            const answer = faultsOf(await send(path, { ...input(fixture), [field]: wrong }));
            expect(answer, `${field}: ${JSON.stringify(wrong)}`).toMatchObject({
              status: 400,
              code: 'INVALID_INPUT',
            });
            expect(answer.paths[0], JSON.stringify(wrong)).toMatch(new RegExp(`^${field}`));
          }
        }
      });
    },
  );

  test.each(inputs)('%s refuses what is no object', async (path) => {
    await changesNothing(server, async () => {
      for (const wrong of ['text', 7, [], null]) {
        expect(faultsOf(await send(path, JSON.parse(JSON.stringify(wrong))))).toMatchObject({
          status: 400,
          code: 'INVALID_INPUT',
        });
      }
    });
  });
});

describe('a command', () => {
  const message = { clientMessageId: 'm', author: { kind: 'customer' }, text: 'Hello' };
  const create = { contactId: 'ann', channel: 'web' };

  test.each<[string, string, object, string]>([
    ['a text that is too long', 'messages.append', { ...message, text: 'x'.repeat(32_001) }, 'text'],
    ['an empty text', 'messages.append', { ...message, text: '' }, 'text'],
    ['half of a surrogate pair', 'messages.append', { ...message, text: 'a\ud83e' }, 'text'],
    ['an author that is nobody', 'messages.append', { ...message, author: { kind: 'robot' } }, 'author.kind'],
    [
      'an agent without a name',
      'messages.append',
      { ...message, author: { kind: 'agent' } },
      'author.agentId',
    ],
    [
      'an agent whose name is no slug',
      'messages.append',
      { ...message, author: { kind: 'agent', agentId: 'Ana!' } },
      'author.agentId',
    ],
    [
      'a customer with an agent',
      'messages.append',
      { ...message, author: { kind: 'customer', agentId: 'ana' } },
      'author.agentId',
    ],
    ['a visibility that is none', 'messages.append', { ...message, visibility: 'secret' }, 'visibility'],
    [
      'a part of a kind that is none',
      'messages.append',
      { ...message, parts: [{ type: 'code' }] },
      'parts[0].type',
    ],
    [
      'a cost below nothing',
      'messages.append',
      { ...message, usage: { model: 'm', inputTokens: 1, outputTokens: 1, costMicros: -1 } },
      'usage.costMicros',
    ],
    [
      'half a token',
      'messages.append',
      { ...message, usage: { model: 'm', inputTokens: 0.5, outputTokens: 1, costMicros: 1 } },
      'usage.inputTokens',
    ],
    ['a turn of nothing', 'messages.appendTurn', { messages: [] }, 'messages'],
    [
      'a turn of more than 100',
      'messages.appendTurn',
      { messages: Array.from({ length: 101 }, (_, n) => ({ ...message, clientMessageId: `${n}` })) },
      'messages',
    ],
    ['one id twice in a turn', 'messages.appendTurn', { messages: [message, message] }, 'messages'],
    [
      'a reason that is too long',
      'handoffs.transfer',
      { from: 'supervisor', to: 'closer', reason: 'x'.repeat(501), trigger: 'manual' },
      'reason',
    ],
    [
      'a confidence above 1',
      'handoffs.transfer',
      { from: 'supervisor', to: 'closer', reason: 'x', trigger: 'manual', confidence: 1.1 },
      'confidence',
    ],
    [
      'a trigger that is none',
      'handoffs.transfer',
      { from: 'supervisor', to: 'closer', reason: 'x', trigger: 'whim' },
      'trigger',
    ],
    ['a stage that is none', 'stages.transition', { to: 'won' }, 'to'],
    [
      'an objection of a type that is none',
      'objections.raise',
      { type: 'colour', text: 'x', severity: 'low' },
      'type',
    ],
    ['a discount above 100', 'deals.update', { deal: { discountPercent: 101 } }, 'deal.discountPercent'],
    ['a deal with no part of one', 'deals.update', { deal: {} }, 'deal'],
    ['half a cent', 'deals.update', { deal: { monthlyValueCents: 0.5 } }, 'deal.monthlyValueCents'],
    ['no answer at all', 'qualification.record', { by: 'qualifier' }, ''],
    ['nothing to change', 'conversations.update', {}, ''],
    ['a tag twice', 'conversations.update', { tags: ['a', 'a'] }, 'tags'],
    [
      'an idempotencyKey that is too long',
      'conversations.pause',
      { idempotencyKey: 'x'.repeat(201) },
      'idempotencyKey',
    ],
    ['an expectedVersion of 0', 'conversations.pause', { expectedVersion: 0 }, 'expectedVersion'],
    [
      'a follow-up in no time zone',
      'followUps.schedule',
      { type: 'nurture', dueAt: { localTime: '2030-01-01T09:00', timeZone: 'Mars/Olympus' } },
      'dueAt',
    ],
    [
      'a follow-up on no day',
      'followUps.schedule',
      { type: 'nurture', dueAt: { localTime: '2030-02-30T09:00', timeZone: 'UTC' } },
      'dueAt',
    ],
    [
      'a follow-up that ends before it begins',
      'followUps.schedule',
      {
        type: 'nurture',
        dueAt: '2030-01-02T00:00:00.000Z',
        finalAttemptAt: '2030-01-01T00:00:00.000Z',
      },
      'finalAttemptAt',
    ],
    [
      'a handoff to oneself',
      'handoffs.transfer',
      { from: 'supervisor', to: 'supervisor', reason: 'x', trigger: 'manual' },
      'to',
    ],
    ['an answer to nothing', 'messages.append', { ...message, inReplyTo: 999 }, 'inReplyTo'],
    [
      'evidence in an entry that is not there',
      'qualification.record',
      { by: 'qualifier', need: { verdict: true, evidence: [{ seq: 1 }, { seq: 999 }] } },
      'need.evidence[1].seq',
    ],
    [
      'evidence that ends before it begins',
      'qualification.record',
      { by: 'qualifier', need: { verdict: true, evidence: [{ seq: 1, start: 5, end: 5 }] } },
      'need.evidence[0].end',
    ],
  ])('refuses %s', async (_, path, input, fault) => {
    await changesNothing(server, async () => {
      const answer = faultsOf(await send(path, { conversationId: fixture.conversationId, ...input }));
      expect(answer).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
      expect(answer.paths[0]).toSatisfy((at: string) => (fault === '' ? at === '' : at.startsWith(fault)));
    });
  });

  test.each<[string, object, string]>([
    ['a contactId that is too long', { contactId: 'x'.repeat(201) }, 'contactId'],
    ['a contactId of nothing', { contactId: '' }, 'contactId'],
    ['a channel that is none', { channel: 'fax' }, 'channel'],
    ['51 tags', { tags: Array.from({ length: 51 }, (_, n) => `tag-${n}`) }, 'tags'],
    [
      '51 keys of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`key-${n}`, n])) },
      'metadata',
    ],
    ['an object as a value of metadata', { metadata: { a: { $gt: '' } } }, 'metadata.a'],
    ['an operator as a key of metadata', { metadata: { $set: 1 } }, 'metadata.$set'],
    ['a path as a key of metadata', { metadata: { 'a.b': 1 } }, 'metadata.a.b'],
    ['an empty key of metadata', { metadata: { '': 1 } }, 'metadata'],
    ['a key of metadata that is too long', { metadata: { ['k'.repeat(65)]: 1 } }, 'metadata'],
    [
      'a prototype as a key of metadata',
      JSON.parse('{"metadata":{"__proto__":"x"}}') as object,
      'metadata.__proto__',
    ],
    ['a prototype as a key', JSON.parse('{"__proto__":{"isAdmin":true}}') as object, '__proto__'],
    ['a contact in no time zone', { contact: { timeZone: 'Mars/Olympus' } }, 'contact.timeZone'],
    ['a detail of the contact that is none', { contact: { password: 'x' } }, 'contact.password'],
  ])('creates no conversation with %s', async (_, input, fault) => {
    await changesNothing(server, async () => {
      const body = JSON.stringify({ ...create, ...input });
      const text = Object.hasOwn(input, '__proto__')
        ? `{"__proto__":{"isAdmin":true},${body.slice(1)}`
        : body;
      for (const path of ['conversations.create', 'conversations.findOrCreate']) {
        const answer = faultsOf(await server.mutate(path, text));
        expect(answer, path).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
        expect(answer.paths[0]).toSatisfy((at: string) => at.startsWith(fault));
      }
    });
  });

  test.each([
    '2024-01-31T09:30:00Z',
    '2024-01-31T09:30:00.000000Z',
    '2024-01-31T09:30:00.000+00:00',
    '2024-01-31T09:30:00.000+02:00',
    '2024-01-31T09:30:00.000',
    '2024-01-31 09:30:00.000Z',
    '2024-02-30T00:00:00.000Z',
    '2024-01-31T24:00:00.000Z',
    '2024-13-01T00:00:00.000Z',
    '2024-01-31',
    '1706693400000',
    '',
  ])('takes %j as no instant', async (at) => {
    await changesNothing(server, async () => {
      for (const [path, input] of [
        ['conversations.create', { ...create, at }],
        ['followUps.schedule', { conversationId: fixture.conversationId, type: 'nurture', dueAt: at }],
        ['metrics.overview', { from: at }],
        ['conversations.list', { updatedAfter: at }],
      ] as const) {
        expect(faultsOf(await send(path, input)), path).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
      }
    });
  });

  test('is not brought in from the future, nor from before what is there', async () => {
    const { api } = server.baton;
    const { conversationId } = fixture;
    await changesNothing(server, async () => {
      const future = refusalOf(
        api.conversations.update.mutate({ conversationId, tags: ['x'], at: '2199-01-01T00:00:00.000Z' }),
      );
      expect(await future).toMatchObject({ code: 'INVALID_INSTANT', trpc: 'BAD_REQUEST', status: 400 });
      const past = refusalOf(
        api.conversations.update.mutate({ conversationId, tags: ['x'], at: '2001-01-01T00:00:00.000Z' }),
      );
      expect(await past).toMatchObject({
        code: 'INVALID_INSTANT',
        status: 400,
        details: { at: '2001-01-01T00:00:00.000Z' },
      });
    });
  });

  test('lists at most 20 faults', async () => {
    const wrong = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key${n}`, n]));
    expect(faultsOf(await send('conversations.create', { ...create, ...wrong })).paths).toHaveLength(20);
  });
});
