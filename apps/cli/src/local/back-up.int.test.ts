import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startMongod } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { afterEach, expect, test, vi } from 'vitest';
import { printedLines } from '../../test/printed-lines.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { testCli } from '../../test/test-cli.ts';
import { runDoctor } from './doctor.ts';

afterEach(() => vi.unstubAllEnvs());

/** A locked mongod writes nothing to its files; what belongs to the process is no data. */
async function copyWhileLocked(uri: string, from: string, to: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  const admin = client.db('admin');
  await admin.command({ fsync: 1, lock: true });
  try {
    await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('mongod.lock') });
  } finally {
    await admin.command({ fsyncUnlock: 1 });
    await client.close();
  }
}

test('a store that is copied, destroyed and restored is what it was, and the doctor is content', async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, 'data');
  const backUp = join(folder.path, 'back-up');
  const first = await startMongod({ dataDir });
  const port = Number(new URL(first.uri).port);
  const uri = new URL('/baton', first.uri);
  uri.search = new URL(first.uri).search;
  await using cli = await testCli({ mongodbUri: uri.href });
  expect(await cli.run('simulate', '--conversations', '6')).toMatchObject({ exitCode: 0 });
  const list = () => cli.baton.api.conversations.list.query({ limit: 100 });
  const kept = await list();
  expect(kept.items.length).toBeGreaterThanOrEqual(6);

  await copyWhileLocked(uri.href, dataDir, backUp);
  await cli.baton.api.conversations.create.mutate({ contactId: 'too late', channel: 'web' });
  for (const pid of first.pids) process.kill(pid, 'SIGKILL');
  await first.exited;
  await rm(dataDir, { recursive: true });

  await cp(backUp, dataDir, { recursive: true });
  await using restored = await startMongod({ dataDir, port });
  expect(restored.uri).toBe(first.uri);
  // The server that ran all the while goes on with what is there again.
  await vi.waitUntil(async () => (await list().catch(() => null)) !== null, { timeout: 20_000 });
  expect(await list()).toEqual(kept);
  vi.stubEnv('MONGODB_URI', uri.href);
  const { print, all } = printedLines();
  expect(await runDoctor({ rebuild: true }, print)).toBe(true);
  expect(all()).toMatch(/conversations folded again, 0 differ\./);
}, 90_000);
