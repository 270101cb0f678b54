import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { connectToServer, findConnection } from './connection.ts';

const FILE = '.baton/connection.json';
const KEPT = JSON.stringify({ url: 'http://127.0.0.1:4321', apiKey: 'kept-key' });

test('the environment names server and key, and no file is read', async () => {
  const env = { BATON_URL: 'http://example.test:4000', BATON_API_KEY: 'a-key' };
  expect(await findConnection(env, '/nowhere')).toEqual({ url: 'http://example.test:4000', apiKey: 'a-key' });
});

test('the file of `baton start` is found from a folder below', async () => {
  await using folder = await temporaryFolder();
  await folder.write(FILE, KEPT);
  const below = join(folder.path, 'a/b');
  await mkdir(below, { recursive: true });
  expect(await findConnection({}, below)).toEqual(JSON.parse(KEPT));
});

test('a part that the environment names wins over the file', async () => {
  await using folder = await temporaryFolder();
  await folder.write(FILE, KEPT);
  expect(await findConnection({ BATON_API_KEY: 'other' }, folder.path)).toEqual({
    url: 'http://127.0.0.1:4321',
    apiKey: 'other',
  });
});

test('without either, the message says what to do', async () => {
  await using folder = await temporaryFolder();
  await expect(findConnection({}, folder.path)).rejects.toThrow(
    /pnpm@12 start`.*BATON_URL and BATON_API_KEY/,
  );
});

test.each(['no json', '{}', '{"url":"not an address","apiKey":"k"}'])(
  'a connection file with %s is named as broken',
  async (text) => {
    await using folder = await temporaryFolder();
    await folder.write(FILE, text);
    await expect(findConnection({}, folder.path)).rejects.toThrow(/connection\.json is not readable/);
  },
);

test('the key may come from a file, or from the environment, and not from both', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'key');
  await writeFile(file, 'k\n');
  const env = { BATON_URL: 'http://127.0.0.1:1', BATON_API_KEY_FILE: file };
  expect(await findConnection(env, folder.path)).toEqual({ url: 'http://127.0.0.1:1', apiKey: 'k' });
  await expect(findConnection({ ...env, BATON_API_KEY: 'k' }, folder.path)).rejects.toThrow('not both');
});

test('a BATON_URL that is no address is refused', async () => {
  for (const env of [{ BATON_URL: 'localhost', BATON_API_KEY: 'k' }, { BATON_URL: 'localhost' }])
    await expect(connectToServer(env, '/')).rejects.toThrow(/BATON_URL is no address/);
});

test('a connection makes a client', async () => {
  const baton = await connectToServer({ BATON_URL: 'http://127.0.0.1:1', BATON_API_KEY: 'k' }, '/');
  expect(baton).toHaveProperty('api');
});
