import { request as httpRequest } from 'node:http';
import { type CreateFileInput, FileRecord } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { newContact, startTestServer, TENANT, type TestServer } from '../../test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ fileBytes: 2_000_000 });
});
afterAll(() => server[Symbol.asyncDispose]());

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function newConversation(): Promise<string> {
  return (await server.baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

async function create(bytes: number, more: Partial<CreateFileInput> = {}) {
  const conversationId = more.conversationId ?? (await newConversation());
  const input = { name: 'note.txt', bytes, ...more, conversationId };
  const { file, upload } = await server.baton.api.files.create.mutate(input);
  if (upload === null) throw new Error('There is no address');
  return { file, url: `${server.url}${upload.url}`, upload };
}

const fileIn = async (answer: Response) => z.object({ file: FileRecord }).parse(await answer.json()).file;

async function store(content: Buffer, more: Partial<CreateFileInput> = {}): Promise<FileRecord> {
  const { url } = await create(content.length, more);
  const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(content) });
  expect(answer.status).toBe(200);
  return fileIn(answer);
}

async function download(fileId: string, init: RequestInit = {}): Promise<Response> {
  const { download: address } = await server.baton.api.files.get.query({ fileId });
  return fetch(`${server.url}${address?.url}`, init);
}

const contents = async () => ({
  files: await server.db.collection('file_contents.files').countDocuments(),
  chunks: await server.db.collection('file_contents.chunks').countDocuments(),
  removals: await server.db.collection('file_removals').countDocuments(),
});

test('a file goes up and comes down equal, piece by piece', async () => {
  // More than one chunk, and none of it text.
  const content = Buffer.alloc(700_001, 'a\u0000b');
  const { file, url, upload } = await create(content.length, { name: '../offer.bin' });
  expect(file).toMatchObject({ name: 'offer.bin', state: 'waiting', bytes: content.length });
  expect(Date.parse(upload.expiresAt) - Date.parse(file.createdAt)).toBeLessThanOrEqual(601_000);
  const put = await fetch(url, { method: 'PUT', body: content });
  const stored = await fileIn(put);
  expect(stored).toEqual({ ...file, state: 'stored' });
  const answer = await download(file.id);
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
  expect(await server.baton.api.files.list.query({ conversationId: file.conversationId })).toEqual({
    items: [stored],
    nextCursor: null,
  });
});

describe('the type of a file', () => {
  test.each([
    [PNG, 'text/html', 'image/png'],
    [Buffer.from('<script>alert(1)</script>'), 'text/html', 'text/plain'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', 'text/plain'],
    [Buffer.from('a;b\n1;2\n'), 'text/csv', 'text/csv'],
    [Buffer.from('BMW is what I want, für Zürich'), undefined, 'text/plain'],
    [Buffer.from('%PDF-1.7\n%âãÏÓ\n', 'latin1'), 'image/png', 'application/pdf'],
    [Buffer.from([0xff, 0xfe, 0x00, 0x41]), 'text/plain', 'application/octet-stream'],
    [Buffer.alloc(0), undefined, 'text/plain'],
  ])('of %j, said to be %s, is %s', async (content, mimeType, type) => {
    expect(await store(content, { mimeType })).toMatchObject({ mimeType: type, bytes: content.length });
  });
});

test('what a browser might run is only ever saved, and an image is shown in a sandbox', async () => {
  const html = await store(Buffer.from('<script>alert(1)</script>'), {
    name: 'a"\u202Efdp.html',
    mimeType: 'text/html',
  });
  const image = await store(PNG, { name: 'Zürich.png' });
  const [page, shown] = [await download(html.id), await download(image.id)];
  expect(page.headers.get('content-disposition')).toBe('attachment; filename=a_fdp.html');
  expect(shown.headers.get('content-disposition')).toMatch(
    /^inline; filename="Z.rich\.png"; filename\*=UTF-8''Z%C3%BCrich\.png$/,
  );
  for (const { headers } of [page, shown]) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe(
      "sandbox; default-src 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  }
});

test('one range of a file is given, and one that is not there is refused', async () => {
  const { id } = await store(Buffer.from('0123456789'));
  const asked = async (range: string, method = 'GET') => {
    const answer = await download(id, { headers: { range }, method });
    return [answer.status, answer.headers.get('content-range'), await answer.text()];
  };
  expect(await asked('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
  expect(await asked('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
  expect(await asked('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89']);
  expect(await asked('bytes=10-')).toEqual([416, 'bytes */10', '']);
  expect(await asked('bytes=0-1,4-5')).toEqual([200, null, '0123456789']);
  expect(await asked('lines=1-2')).toEqual([200, null, '0123456789']);
  expect(await asked('bytes=0-1', 'HEAD')).toEqual([206, 'bytes 0-1/10', '']);
});

test('a file is as large as was said, and no larger than the setting', async () => {
  await expect(create(2_000_001)).rejects.toMatchObject({
    data: { httpStatus: 413, baton: { code: 'FILE_TOO_LARGE', details: { limit: 2_000_000 } } },
  });
  const put = (url: string, body: string | ReadableStream) =>
    fetch(url, { method: 'PUT', body, duplex: 'half' });
  const { url } = await create(5);
  expect(await (await put(url, '123456')).json()).toMatchObject({
    error: { data: { httpStatus: 413, baton: { code: 'FILE_TOO_LARGE' } } },
  });
  // Without a length in the head it is found out on the way.
  expect((await put(url, new Blob(['123456']).stream())).status).toBe(413);
  const short = await (await put(url, '1234')).json();
  expect(short).toMatchObject({ error: { data: { httpStatus: 400, baton: { code: 'INVALID_INPUT' } } } });
  expect((await put(url, '12345')).status).toBe(200);
});

test('an upload that breaks off leaves nothing, and may be tried again', async () => {
  const { url, file } = await create(1_000_000);
  const before = await contents();
  const { promise, resolve } = Promise.withResolvers<void>();
  const half = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
  half.on('error', () => resolve());
  half.write(Buffer.alloc(600_000));
  await vi.waitFor(async () => expect((await contents()).chunks).toBeGreaterThan(before.chunks));
  half.destroy();
  await promise;
  await vi.waitFor(async () => expect(await contents()).toEqual(before));
  expect((await fetch(url, { method: 'PUT', body: Buffer.alloc(1_000_000) })).status).toBe(200);
  expect((await server.baton.api.files.get.query({ fileId: file.id })).file.state).toBe('stored');
});

test('of two contents that come at once one counts, and a second one later changes nothing', async () => {
  const { url, file } = await create(400_000);
  const put = (letter: string) => fetch(url, { method: 'PUT', body: letter.repeat(400_000) });
  const statuses = (await Promise.all([put('a'), put('b')])).map(({ status }) => status);
  expect(statuses.map(String).toSorted()).toEqual(['200', '404']);
  const first = await (await download(file.id)).text();
  expect((await put('c')).status).toBe(200);
  expect(await (await download(file.id)).text()).toBe(first);
  await server.store.files.removeDue();
  expect(await contents()).toMatchObject({ removals: 0 });
});

describe('an address', () => {
  test('opens one file for one use, and nothing where it is another’s, expired or gone', async () => {
    const { url, file } = await create(1);
    const other = await create(1);
    const status = async (address: string, method = 'PUT') =>
      (await fetch(address, { method, ...(method === 'PUT' && { body: 'x' }) })).status;
    expect(await status(url, 'GET')).toBe(404);
    expect(await status(url.replace(file.id, other.file.id))).toBe(404);
    expect(await status(`${url}x`)).toBe(404);
    expect(await status(url.split('?')[0] ?? '')).toBe(404);
    expect(await status(`${server.url}/files/`)).toBe(404);
    expect(await status(url, 'POST')).toBe(405);
    const tokens = server.db.collection('file_tokens');
    await tokens.updateMany({}, { $set: { expiresAt: new Date(0) } });
    expect(await status(url)).toBe(404);
  });

  test('opens nothing while its tenant is suspended', async () => {
    const { id } = await store(PNG);
    const tenants = server.db.collection<{ _id: string }>('tenants');
    await tenants.updateOne({ _id: 'acme' }, { $set: { suspendedAt: new Date() } });
    const { url } = await server.store.files
      .get(TENANT, { fileId: id })
      .then(({ download: address }) => ({ url: address?.url }));
    expect((await fetch(`${server.url}${url}`)).status).toBe(404);
    await tenants.updateOne({ _id: 'acme' }, { $unset: { suspendedAt: '' } });
    expect((await fetch(`${server.url}${url}`)).status).toBe(200);
  });

  test('another tenant gets none', async () => {
    const { id } = await store(PNG);
    const { api } = server.stranger;
    await expect(api.files.get.query({ fileId: id })).rejects.toMatchObject({ data: { httpStatus: 404 } });
    const conversationId = await newConversation();
    const theirs = { conversationId, name: 'a', bytes: 1 };
    await expect(api.files.create.mutate(theirs)).rejects.toMatchObject({ data: { httpStatus: 404 } });
    await expect(api.files.list.query({ conversationId })).rejects.toMatchObject({
      data: { httpStatus: 404 },
    });
  });
});

test('an erased contact’s files are gone with their contents and addresses', async () => {
  const contactId = newContact();
  const { id: conversationId } = await server.baton.api.conversations.create.mutate({
    contactId,
    channel: 'web',
  });
  const before = await contents();
  const { id } = await store(Buffer.from('Rosalind'), { conversationId });
  const { download: address } = await server.baton.api.files.get.query({ fileId: id });
  const waiting = await create(1, { conversationId });
  expect(await server.baton.api.privacy.eraseContact.mutate({ contactId })).toMatchObject({ state: 'done' });
  expect(await contents()).toEqual(before);
  expect((await fetch(`${server.url}${address?.url}`)).status).toBe(404);
  expect((await fetch(waiting.url, { method: 'PUT', body: 'x' })).status).toBe(404);
  await expect(server.baton.api.files.get.query({ fileId: id })).rejects.toThrow('No such file');
  await expect(create(1, { conversationId })).rejects.toMatchObject({
    data: { baton: { code: 'CONVERSATION_ERASED' } },
  });
});

test('a file whose content never came goes when it is due, and one that is stored stays', async () => {
  const { file } = await create(1);
  const kept = await store(PNG);
  const files = server.db.collection('files');
  await files.updateMany({ state: 'waiting' }, { $set: { removeAt: new Date(0) } });
  // The server's own work may be at it.
  await vi.waitFor(async () => {
    await server.store.files.removeDue();
    expect(await files.countDocuments({ state: 'waiting' })).toBe(0);
  });
  await expect(server.baton.api.files.get.query({ fileId: file.id })).rejects.toThrow('No such file');
  expect((await download(kept.id)).status).toBe(200);
  expect(await files.countDocuments({ state: 'stored', removeAt: { $ne: null } })).toBe(0);
});
