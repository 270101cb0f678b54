import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import type { Baton } from './client.ts';
import { isRefused } from './error.ts';

let server: TestServer;
let baton: Baton;
let conversationId: string;
/** What becomes of the next requests for contents: `lost` is sent and its answer does not come. */
let next: ('away' | 'lost' | 'page')[] = [];

const faulty: typeof fetch = async (input, init) => {
  const fault = typeof input === 'string' && input.includes('/files/') ? next.shift() : undefined;
  if (fault === 'away') throw new TypeError('fetch failed');
  if (fault === 'page') return new Response('<html>', { status: 502 });
  const answer = await fetch(input, init);
  if (fault === 'lost') throw new TypeError('fetch failed');
  return answer;
};

beforeAll(async () => {
  server = await startTestServer();
  baton = server.connect({ fetch: faulty });
  const { id } = await baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
  conversationId = id;
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  next = [];
});

const textOf = async (fileId: string) => new Response((await baton.files.download(fileId)).stream).text();

test('a browser’s file goes up with its name and type, and comes down', async () => {
  const content = new File(['a,b\n'], 'list.csv', { type: 'text/csv;charset=utf-8' });
  const file = await baton.files.upload({ conversationId, content });
  expect(file).toMatchObject({ name: 'list.csv', mimeType: 'text/csv', bytes: 4, state: 'stored' });
  expect(await textOf(file.id)).toBe('a,b\n');
});

test('bytes and streams go up as well', async () => {
  const bytes = new TextEncoder().encode('bytes');
  const file = await baton.files.upload({ conversationId, name: 'b.txt', content: bytes });
  expect(await textOf(file.id)).toBe('bytes');
  const stream = new Blob(['stream']).stream();
  const streamed = await baton.files.upload({ conversationId, content: { stream, bytes: 6 } });
  expect(await textOf(streamed.id)).toBe('stream');
});

test('an upload that found the server away, or whose answer was lost, is made again and is one file', async () => {
  next = ['away', 'page', 'lost'];
  const before = (await baton.api.files.list.query({ conversationId })).items.length;
  const file = await baton.files.upload({ conversationId, content: new Blob(['again']) });
  expect(await textOf(file.id)).toBe('again');
  expect((await baton.api.files.list.query({ conversationId })).items).toHaveLength(before + 1);
});

test('a stream is sent once, and a refusal is final', async () => {
  next = ['away'];
  const stream = new Blob(['once']).stream();
  await expect(baton.files.upload({ conversationId, content: { stream, bytes: 4 } })).rejects.toThrow(
    'fetch failed',
  );
  const long = { stream: new Blob(['too long']).stream(), bytes: 3 };
  const error: unknown = await baton.files.upload({ conversationId, content: long }).catch((one) => one);
  expect(isRefused(error, 'FILE_TOO_LARGE')).toBe(true);
});

test('what has not come cannot be fetched', async () => {
  const { file } = await baton.api.files.create.mutate({ conversationId, name: 'late', bytes: 1 });
  await expect(baton.files.download(file.id)).rejects.toThrow('The content of late has not come yet');
});
