import type { ConversationId } from '@baton/schema';
import fc from 'fast-check';

/** A request for `/trpc`, as it goes over the wire. */
export interface RandomRequest {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** Ends the connection after this share of the body, 0 to 1. */
  cutAt?: number;
}

export interface Known {
  key: string;
  plainKey: string;
  conversations: readonly ConversationId[];
}

type Call = { path: string; input: unknown };

const OTHER_PATHS =
  `conversations.get conversations.create messages.append messages.list agents.register metrics.overview
handoffs.accept conversations.export session.signIn admin.ready conversations.steal conversations toString __proto__
admin.health.x constructor`.split(/\s+/);
const UNKNOWN_ID = 'f'.repeat(24);

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(
    fc.constantFrom('conversationId', 'limit', 'cursor', 'text', 'from', '__proto__'),
    fc.jsonValue(),
  ),
);

/** Calls that answer twice the same: queries of what nobody changes, commands with a key, what is refused. */
function callOf({ conversations }: Known): fc.Arbitrary<Call> {
  const conversationId = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<string>(...conversations) },
    fc.constantFrom(UNKNOWN_ID, 'no id', ''),
  );
  const call = (path: string, fields: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
    fc.record({
      path: fc.constant(path),
      input: fc.record(fields, { requiredKeys }),
    });
  const words = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 40 });
  const small = fc.integer({ min: 1, max: 30 });
  const limit = fc.oneof(small, small, small, fc.constantFrom(0, 1.5, 1_000, '7'));
  const key = fc.string({ minLength: 8, maxLength: 20 });
  const agentId = fc.constantFrom('ana', 'closer', 'nobody', 'NOT A SLUG');
  const mutation = { conversationId, idempotencyKey: key };
  return fc.oneof(
    { weight: 4, arbitrary: call('conversations.get', { conversationId }, ['conversationId']) },
    { weight: 4, arbitrary: call('messages.list', { conversationId, limit }, ['conversationId']) },
    call('messages.list', {
      conversationId,
      limit,
      order: fc.constantFrom('oldest', 'newest'),
      cursor: words,
    }),
    call('conversations.timeline', { conversationId, limit, afterSeq: fc.nat(5), beforeSeq: fc.nat(9) }, [
      'conversationId',
    ]),
    call('conversations.list', { limit, stage: fc.constantFrom('lead', 'closing', 'none') }),
    call('conversations.findActiveByContact', { contactId: words }, ['contactId']),
    call('messages.context', { conversationId, tokenBudget: fc.integer({ min: -5, max: 500 }) }, [
      'conversationId',
    ]),
    call('stages.validate', { conversationId, to: fc.constantFrom('closing', 'lead', 'x') }),
    call('search.messages', { text: words, limit }, ['text']),
    call('agents.list', { limit, kind: fc.constantFrom('ai', 'human', 'robot') }),
    call('handoffs.list', { conversationId, limit }),
    fc.constantFrom<Call>(
      ...['admin.health', 'session.get', 'tenant.get'].map((path) => ({ path, input: undefined })),
    ),
    {
      weight: 4,
      arbitrary: call(
        'messages.append',
        { conversationId, clientMessageId: key, author: fc.constant({ kind: 'customer' }), text: words },
        ['conversationId', 'clientMessageId', 'author', 'text'],
      ),
    },
    call(
      'conversations.create',
      { contactId: key, channel: fc.constantFrom('web', 'sms', 'x'), idempotencyKey: key },
      ['contactId', 'channel', 'idempotencyKey'],
    ),
    call('conversations.update', { ...mutation, tags: fc.array(words, { maxLength: 3 }) }, [
      'conversationId',
      'idempotencyKey',
    ]),
    call('stages.transition', { ...mutation, to: fc.constantFrom('closing', 'qualification') }, [
      'conversationId',
      'idempotencyKey',
    ]),
    call('handoffs.transfer', { ...mutation, from: agentId, to: agentId, reason: words }, [
      'conversationId',
      'idempotencyKey',
    ]),
    fc.record({
      path: fc.constantFrom(...OTHER_PATHS),
      input: junk,
    }),
  );
}

const encodings: fc.Arbitrary<(text: string) => string> = fc.constantFrom(
  encodeURIComponent,
  encodeURIComponent,
  encodeURIComponent,
  (text: string) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text: string) => encodeURIComponent(text).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  (text: string) => encodeURIComponent(encodeURIComponent(text)),
  (text: string) => encodeURIComponent(text).replaceAll('%22', '"').replaceAll('%7B', '{'),
  (text: string) => `${encodeURIComponent(text)}%`,
);

const usually = <Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));

const mangled: fc.Arbitrary<(json: string) => Buffer> = usually(
  (json: string) => Buffer.from(json),
  (json) => Buffer.from(`\uFEFF${json}`),
  (json) => Buffer.from(`\uFEFF\uFEFF${json}`),
  (json) => Buffer.from(`\uFEFF\uFEFF\uFEFF${json}`),
  (json) => Buffer.from(` ${json}\r\n`),
  (json) => Buffer.from(json.slice(0, -1)),
  (json) => Buffer.from(json, 'latin1'),
  (json) =>
    Buffer.concat([Buffer.from(json.slice(0, -3)), Buffer.from([0xc3, 0x28]), Buffer.from(json.slice(-3))]),
  (json) => Buffer.from(json, 'utf16le'),
  () => Buffer.alloc(0),
  () => Buffer.from(`${'['.repeat(70)}${']'.repeat(70)}`),
  () => Buffer.from('{"0":'),
);

/** Requests as tRPC's client sends them, and every way of doing it differently. */
export function randomRequest(known: Known): fc.Arbitrary<RandomRequest> {
  const call = callOf(known);
  return fc
    .record({
      calls: fc.oneof(
        { weight: 30, arbitrary: fc.array(call, { minLength: 1, maxLength: 1 }) },
        { weight: 15, arbitrary: fc.array(call, { minLength: 1, maxLength: 5 }) },
        { weight: 1, arbitrary: fc.array(call, { minLength: 48, maxLength: 52 }) },
      ),
      isBatch: fc.boolean(),
      method: usually<string | null>(null, 'GET', 'POST', 'PUT', 'DELETE'),
      key: usually<string | null>(known.key, known.plainKey, `baton_${'x'.repeat(43)}`, 'short', null),
      scheme: usually('Bearer', 'bearer', 'Basic', 'Bearer  '),
      type: usually<string | null>(
        'application/json',
        'application/json; charset=utf-8',
        'Application/JSON',
        'text/plain',
        'multipart/form-data; boundary=x',
        null,
      ),
      accept: usually<string | null>(null, '*/*', 'application/json', 'application/jsonl', 'text/html'),
      encode: encodings,
      mangle: mangled,
      more: usually(
        '',
        '&x=1',
        '&batch=1',
        '&batch=0',
        '&input=',
        '&connectionParams=%7B%7D',
        '&connectionParams=x',
      ),
      isPathEncoded: usually(false, true),
      cutAt: usually<number | null>(null, 0, 0.5),
    })
    .map(
      ({
        calls: asked,
        isBatch: wantsBatch,
        method,
        key,
        scheme,
        type,
        accept,
        encode,
        mangle,
        more,
        isPathEncoded,
        cutAt,
      }) => {
        const isBatch = wantsBatch || asked.length > 1;
        // A batch of queries and commands is refused as a whole, which one in a few shows.
        const calls =
          isBatch && asked.length > 2
            ? asked.filter(({ path }) => isQuery(path) === isQuery(asked[0]?.path ?? ''))
            : asked;
        const input = isBatch
          ? Object.fromEntries(calls.map((one, index) => [String(index), one.input]))
          : calls[0]?.input;
        const verb = method ?? (calls.every(({ path }) => isQuery(path)) ? 'GET' : 'POST');
        const names = calls.map(({ path }) => path).join(',');
        const path = isPathEncoded ? encodeURIComponent(names).replaceAll('.', '%2E') : names;
        const json = JSON.stringify(input);
        const inAddress = verb !== 'POST' && json !== undefined ? `&input=${encode(json)}` : '';
        const search = `${isBatch ? '&batch=1' : ''}${inAddress}${more}`.slice(1);
        const body = verb === 'POST' ? mangle(json ?? '') : null;
        return {
          method: verb,
          target: `/trpc/${path}${search === '' ? '' : `?${search}`}`,
          headers: {
            ...(key !== null && { authorization: `${scheme} ${key}` }),
            ...(type !== null && { 'content-type': type }),
            // What is streamed comes in no order.
            ...(accept !== null && (calls.length === 1 || !accept.includes('jsonl')) && { accept }),
          },
          body,
          ...(cutAt !== null && body !== null && body.length > 0 && { cutAt }),
        };
      },
    );
}

const QUERIES =
  /\.(get|list|timeline|findActiveByContact|context|validate|messages|health|ready|overview|export)$/;

function isQuery(path: string): boolean {
  return QUERIES.test(path);
}
