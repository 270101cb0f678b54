import type { Entry } from '@baton/schema';
import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  eventually,
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { appRouter } from './app-router.ts';
import type { Context } from './context.ts';

let database: FaultyDatabase;
let server: TestServer;
const lines: string[] = [];

beforeAll(async () => {
  database = await faultyDatabase();
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  server = await startTestServer({ mongodbUri: database.uri, log });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Does something while mongod fails the next read of conversations with an error that nobody handles. */
function whileFailing(errorCode: number, work: () => Promise<void>): Promise<void> {
  return database.whileFailing('conversations', { failCommands: ['find'], times: 1, errorCode }, work);
}

test('a query that breaks answers with an id that the log has', async () => {
  const { id: conversationId } = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  await whileFailing(2, async () => {
    const { status, body } = await server.query('conversations.get', { conversationId });
    expect(status).toBe(500);
    const { error } = body as {
      error: { message: string; data: { baton: { code: string; errorId: string } } };
    };
    expect(error.data.baton.code).toBe('INTERNAL');
    expect(error.message).toBe(`Something went wrong on our side (${error.data.baton.errorId})`);
    expect(JSON.stringify(body)).not.toContain('stack');
    const line = await eventually(() => lines.find((one) => one.includes(error.data.baton.errorId)));
    expect(JSON.parse(line)).toMatchObject({ level: 50, fault: { name: 'MongoServerError', code: 2 } });
  });
});

test('what MongoDB may do later is UNAVAILABLE, and the next call is fine', async () => {
  const { id: conversationId } = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  const impatient = server.connect({ attempts: 1 }).api;
  await whileFailing(50, async () => {
    expect(await refusalOf(impatient.conversations.get.query({ conversationId }))).toMatchObject({
      code: 'UNAVAILABLE',
      trpc: 'SERVICE_UNAVAILABLE',
      status: 503,
    });
  });
  expect((await impatient.conversations.get.query({ conversationId })).id).toBe(conversationId);
});

async function callerOf(more: Partial<Context> = {}) {
  const found = await server.store.apiKeys.authenticate(server.key);
  const authenticate = async () => found && { ...found, sessionId: null };
  return appRouter.createCaller({
    store: server.store,
    readiness: () => server.store.readiness(),
    limitsOf: () => {
      throw new Error('Nothing is limited here');
    },
    receivedAt: performance.now(),
    calls: 1,
    authenticate,
    forgetCredential: () => undefined,
    address: () => '',
    browser: () => null,
    companySignIn: null,
    watchCredential: () => new DisposableStack(),
    takeTurn: () => null,
    validatesAnswers: true,
    answers: null,
    report: () => undefined,
    setSession: () => undefined,
    startedAt: performance.now(),
    ...more,
  });
}

test('a call whose credential was slow to come has less time for the rest', async () => {
  const get = vi.spyOn(server.store.conversations, 'get').mockReturnValue(new Promise(() => undefined));
  const caller = await callerOf({ receivedAt: performance.now() - 10_800 });
  await expect(caller.conversations.get({ conversationId: 'f'.repeat(24) })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  get.mockRestore();
});

test('a feed that is read in the same process needs no signal', async () => {
  const { id } = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  const caller = await callerOf();
  const entries = await caller.feed.conversation({ conversationId: id, lastEventId: '0' });
  for await (const tracked of entries) {
    // A tracked entry is a tuple here; its type tells what comes out at the other end.
    const [seq, entry] = tracked as unknown as [string, Entry];
    expect([seq, entry.kind]).toEqual(['1', 'created']);
    break;
  }
});
