import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let conversationId: string;

beforeAll(async () => {
  server = await startTestServer();
  const { id } = await server.baton.api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
  });
  conversationId = id;
});
afterAll(() => server[Symbol.asyncDispose]());

test('a file is made once under its key, with a new address each time, and not with another input', async () => {
  const { files } = server.baton.api;
  const input = { conversationId, name: 'a.txt', bytes: 3, by: 'ana', idempotencyKey: 'a file' };
  const [first, again] = [await files.create.mutate(input), await files.create.mutate(input)];
  expect(again.file).toEqual(first.file);
  expect(first.file).toMatchObject({ createdBy: { kind: 'agent', agentId: 'ana' }, state: 'waiting' });
  expect(again.upload?.url).not.toBe(first.upload?.url);
  await expect(files.create.mutate({ ...input, bytes: 4 })).rejects.toMatchObject({
    data: { baton: { code: 'IDEMPOTENCY_MISMATCH' } },
  });
  await fetch(`${server.url}${again.upload?.url}`, { method: 'PUT', body: 'abc' });
  expect(await files.create.mutate(input)).toMatchObject({ file: { state: 'stored' }, upload: null });
  expect((await files.list.query({ conversationId })).items).toHaveLength(1);
});

test('a file of no conversation, or of no name, is refused', async () => {
  const { files } = server.baton.api;
  const codes = [
    { conversationId: 'f'.repeat(24), name: 'a', bytes: 1 },
    { conversationId, name: '\u200B', bytes: 1 },
    { conversationId, name: 'a', bytes: -1 },
    { conversationId, name: 'a', bytes: 1, mimeType: 'text/html\r\nx: y' },
  ].map((input) => files.create.mutate(input).catch(({ data }) => data.baton.code));
  expect(await Promise.all(codes)).toEqual(['NOT_FOUND', 'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT']);
});

test('files are listed in pages, the latest first', async () => {
  const { api } = server.baton;
  const { id } = await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
  expect(await api.files.list.query({ conversationId: id })).toEqual({ items: [], nextCursor: null });
  for (const name of ['a', 'b', 'c']) await api.files.create.mutate({ conversationId: id, name, bytes: 1 });
  const first = await api.files.list.query({ conversationId: id, limit: 2 });
  const cursor = first.nextCursor ?? '';
  const rest = await api.files.list.query({ conversationId: id, limit: 2, cursor });
  expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('a message names files that are stored in its conversation, and no others', async () => {
  const { api } = server.baton;
  const stored = async (of: string) => {
    const input = { conversationId: of, name: 'a.txt', bytes: 3 };
    const { file, upload } = await api.files.create.mutate(input);
    const say = (clientMessageId: string) =>
      api.messages.append.mutate({
        conversationId,
        clientMessageId,
        author: { kind: 'customer' },
        text: 'See this',
        parts: [{ type: 'attachment', fileId: file.id }],
      });
    const refused = async (id: string) =>
      expect(await refusalOf(say(id))).toMatchObject({
        code: 'INVALID_INPUT',
        details: { faults: [{ path: 'parts[0].fileId' }] },
      });
    await refused(`early-${file.id}`);
    await fetch(`${server.url}${upload?.url}`, { method: 'PUT', body: 'abc' });
    return { say, refused, id: file.id };
  };
  const ours = await stored(conversationId);
  expect((await ours.say('named')).entry).toMatchObject({ parts: [{ type: 'attachment', fileId: ours.id }] });
  const { id } = await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
  const theirs = await stored(id);
  await theirs.refused('elsewhere');
});
