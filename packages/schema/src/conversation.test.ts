import { describe, expect, it } from 'vitest';
import {
  ConversationMetrics,
  CreateConversation,
  FindActiveConversation,
  ListContactHistory,
  ListConversations,
  Tags,
  UpdateConversation,
} from './conversation.ts';
import { Metadata } from './metadata.ts';

const conversationId = 'a'.repeat(24);
const smallest = { contactId: 'contact-1', channel: 'web' };

function faultsOf(result: ReturnType<typeof CreateConversation.safeParse>) {
  return result.error?.issues.map(({ path, message }) => ({ path: path.join('.'), message })) ?? [];
}

describe('creating a conversation', () => {
  it('needs only a contact and a channel', () => {
    expect(CreateConversation.parse(smallest)).toEqual({ ...smallest, tags: [], metadata: {} });
  });

  it('takes a first message, of the customer unless it says otherwise', () => {
    const { initialMessage } = CreateConversation.parse({ ...smallest, initialMessage: { text: 'Hello' } });
    expect(initialMessage).toEqual({
      text: 'Hello',
      author: { kind: 'customer' },
      clientMessageId: 'initial',
    });
  });

  it.each([
    ['no contact', { channel: 'web' }, 'contactId'],
    ['a channel that nobody knows', { ...smallest, channel: 'telegram' }, 'channel'],
    ['a contact that is an operator', { ...smallest, contactId: { $ne: '' } }, 'contactId'],
    ['a first message without text', { ...smallest, initialMessage: { text: '' } }, 'initialMessage.text'],
    ['an agent that is no slug', { ...smallest, agentId: 'Closer' }, 'agentId'],
    ['an unknown key', { ...smallest, tenantId: 'acme' }, ''],
  ])('is refused with %s', (_, input, path) => {
    expect(faultsOf(CreateConversation.safeParse(input)).map((fault) => fault.path)).toEqual([path]);
  });

  it('names each fault, not only the first', () => {
    expect(faultsOf(CreateConversation.safeParse({})).map(({ path }) => path)).toEqual([
      'contactId',
      'channel',
    ]);
  });

  it('is refused with __proto__ as a key of its own', () => {
    const input: unknown = JSON.parse(
      '{ "contactId": "a", "channel": "web", "__proto__": { "status": "active" } }',
    );
    expect(CreateConversation.safeParse(input).success).toBe(false);
  });
});

describe('metadata', () => {
  it('holds texts, numbers, booleans and null', () => {
    const metadata = { plan: 'pro', seats: 12.5, trial: false, 'utm_source-2': null, empty: '' };
    expect(Metadata.parse(metadata)).toEqual(metadata);
  });

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '_id', 'x'.repeat(64)])(
    'may have the key %s',
    (key) => {
      const { metadata } = CreateConversation.parse({ ...smallest, metadata: { [key]: 1 } });
      expect(Object.entries(metadata)).toEqual([[key, 1]]);
    },
  );

  it.each(['', 'a.b', '$set', 'a b', 'ä', 'x'.repeat(65)])('is refused with the key %j', (key) => {
    expect(Metadata.safeParse({ [key]: 1 }).success).toBe(false);
  });

  it.each([
    ['when a conversation is created', CreateConversation, smallest],
    ['when it is updated', UpdateConversation, { conversationId }],
  ])('is refused with the key __proto__ and not silently cut, %s', (_, schema, input) => {
    const metadata: unknown = JSON.parse('{ "__proto__": "evil", "plan": "pro" }');
    expect(schema.safeParse({ ...input, metadata }).error?.issues).toMatchObject([
      { path: ['metadata', '__proto__'], message: '__proto__ cannot be a key' },
    ]);
  });

  it.each(['_bsontype'])('is refused with the key %s, which the driver would take for a type', (key) => {
    const metadata = { [key]: 'Long', plan: 'pro' };
    expect(CreateConversation.safeParse({ ...smallest, metadata }).error?.issues).toMatchObject([
      { path: ['metadata', key], message: '_bsontype cannot be a key' },
    ]);
    expect(Metadata.safeParse(metadata).success).toBe(false);
  });

  it.each([
    ['an id of 17 digits', '76561198012345678'],
    ['one above the greatest safe integer', '9007199254740992'],
    ['the same below zero', '-9007199254740992'],
    ['a fraction above it', '9007199254740993.5'],
    ['an exponent', '1e300'],
  ])('is refused with a number that JSON has rounded: %s', (_, digits) => {
    const metadata: unknown = JSON.parse(`{ "profile": ${digits}, "plan": "pro" }`);
    const message = 'A number beyond 9007199254740991 cannot be kept exactly; send it as a string';
    for (const [schema, input] of [
      [CreateConversation, smallest],
      [UpdateConversation, { conversationId }],
    ] as const)
      expect(schema.safeParse({ ...input, metadata }).error?.issues).toMatchObject([
        { path: ['metadata', 'profile'], message },
      ]);
  });

  it('keeps numbers up to the greatest safe integer', () => {
    const metadata = { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, half: 0.5 };
    expect(CreateConversation.parse({ ...smallest, metadata }).metadata).toEqual(metadata);
  });

  it('may have a greater number where it is stored, by a version that took it', () => {
    expect(Metadata.parse({ profile: 2 ** 60 })).toEqual({ profile: 2 ** 60 });
  });

  it.each([
    ['an object', {}],
    ['a list', []],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['half a surrogate pair', '\uD83E'],
    ['a text over 2,000 characters', 'x'.repeat(2_001)],
  ])('is refused with the value %s', (_, value) => {
    expect(Metadata.safeParse({ key: value }).success).toBe(false);
  });

  it('has at most 50 keys', () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
    expect(Metadata.safeParse(of(50)).success).toBe(true);
    expect(Metadata.safeParse(of(51)).error?.issues[0]?.message).toBe('At most 50 keys');
  });

  it.each([
    ['text', 'plan=pro'],
    ['nothing', null],
    ['a list', ['pro']],
  ])('is never %s', (_, metadata) => {
    expect(CreateConversation.safeParse({ ...smallest, metadata }).success).toBe(false);
  });
});

describe('tags', () => {
  it('are at most 50, none of them twice, none empty, none over 64 characters', () => {
    const of = (count: number) => Array.from({ length: count }, (_, n) => `tag-${n}`);
    expect(Tags.safeParse(of(50)).success).toBe(true);
    expect(Tags.safeParse(of(51)).success).toBe(false);
    expect(Tags.safeParse(['vip', 'vip']).error?.issues[0]?.message).toBe('A tag stands twice');
    expect(Tags.safeParse(['']).success).toBe(false);
    expect(Tags.safeParse(['x'.repeat(65)]).success).toBe(false);
  });
});

const UNCLEAR_KEYS: [string, string][] = [
  ['blank', ' '],
  ['invisible', '\u200B\u2060'],
  ['with a blank before', ' noor'],
  ['with a blank behind', 'noor '],
  ['with a no-break space behind', 'noor\u00A0'],
  ['with a byte order mark before', '\uFEFFnoor'],
  ['with a line break behind', 'noor\n'],
  ['with a line break inside', 'no\nor'],
  ['with a line separator inside', 'no\u2028or'],
  ['with a tab inside', 'no\tor'],
  ['with a null character', 'no\u0000or'],
  ['with an escape', 'no\u001B[31mor'],
  ['with another direction', 'no\u202Eor'],
];

describe('a key that a caller chooses', () => {
  it.each(UNCLEAR_KEYS)('is refused %s, and never trimmed', (_, key) => {
    const faults = faultsOf(
      CreateConversation.safeParse({
        contactId: key,
        channel: 'web',
        tags: ['vip', key],
        idempotencyKey: key,
        initialMessage: { text: 'Hello', clientMessageId: key },
      }),
    );
    expect(new Set(faults.map(({ path }) => path))).toEqual(
      new Set(['contactId', 'tags.1', 'idempotencyKey', 'initialMessage.clientMessageId']),
    );
    expect(UpdateConversation.safeParse({ conversationId, tags: [key] }).success).toBe(false);
  });

  it.each(['noor', '+49 170/ü', 'Zoë Ç', '東京', 'a\u200Db', '❤️', '👩‍👩‍👧'])('may be %s', (key) => {
    const input = { contactId: key, channel: 'web', tags: [key], idempotencyKey: key };
    expect(CreateConversation.parse(input)).toMatchObject(input);
  });

  it.each(UNCLEAR_KEYS)('still finds what a version before has stored %s', (_, key) => {
    expect(ListConversations.parse({ contactId: key, tag: key })).toMatchObject({ contactId: key, tag: key });
    expect(ListContactHistory.parse({ contactId: key })).toMatchObject({ contactId: key });
    expect(FindActiveConversation.parse({ contactId: key })).toMatchObject({ contactId: key });
    expect(Tags.parse([key])).toEqual([key]);
  });
});

describe('a first message', () => {
  it.each([' ', '\n\t', '\u3000', '\u200B', '\u0007'])('is refused where nobody sees a thing: %j', (text) => {
    const faults = faultsOf(CreateConversation.safeParse({ ...smallest, initialMessage: { text } }));
    expect(faults).toMatchObject([{ path: 'initialMessage.text' }]);
  });
});

describe('updating a conversation', () => {
  it('changes tags, metadata or both', () => {
    expect(UpdateConversation.parse({ conversationId, tags: [] })).toEqual({ conversationId, tags: [] });
    expect(UpdateConversation.safeParse({ conversationId, metadata: {} }).success).toBe(true);
  });

  it('is refused with neither', () => {
    expect(UpdateConversation.safeParse({ conversationId }).error?.issues[0]?.message).toBe(
      'Give tags, metadata or both',
    );
  });
});

describe('metrics by agent', () => {
  const counted = {
    messages: 1,
    firstAt: '2026-01-05T09:00:00.000Z',
    lastAt: '2026-01-05T09:00:00.000Z',
    inputTokens: 0,
    outputTokens: 0,
    costMicros: 0,
  };

  const metrics = {
    messages: 1,
    customerMessages: 0,
    interactionCount: 1,
    byAgent: {},
    firstResponseMs: null,
    waitingSince: null,
  };

  it('are well formed without an agent', () => {
    expect(ConversationMetrics.safeParse(metrics).success).toBe(true);
  });

  it.each(['constructor', 'valueof', 'tostring'])('know an agent called %s', (id) => {
    const byAgent = { [id]: counted };
    const parsed = ConversationMetrics.parse({ ...metrics, byAgent }).byAgent;
    expect(Object.entries(parsed)).toEqual([[id, counted]]);
  });

  it('know no agent whose id is no slug', () => {
    expect(ConversationMetrics.safeParse({ ...metrics, byAgent: { 'a.b': counted } }).success).toBe(false);
  });
});
