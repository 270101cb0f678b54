import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { connect, openCollections, rebuild } from '@baton/repository';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyAnswer } from '../../../test/every-answer.ts';
import { SEEDED, seedArchive } from '../../../test/seed-archive.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../../test/test-cli.ts';

/** Asks hundreds of questions of each store. */
const LONG_MS = 240_000;

let source: TestCli;
let target: TestCli;
let folder: TemporaryFolder;

const archive = (name: string) => join(folder.path, `${name}.jsonl`);
const read = (name: string) => readFile(archive(name), 'utf8');

beforeAll(async () => {
  [source, target, folder] = [await testCli(), await testCli(), await temporaryFolder()];
  await seedArchive(source);
  await source.run('export', archive('source'));
});

afterAll(async () => {
  await Promise.all([
    source[Symbol.asyncDispose](),
    target[Symbol.asyncDispose](),
    folder[Symbol.asyncDispose](),
  ]);
});

describe('an archive of a tenant', () => {
  test('comes into an empty store without a fault', async () => {
    const ran = await target.run('import', 'baton', archive('source'));
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      new RegExp(`^${SEEDED} conversations are in: ${SEEDED} new or completed by [\\d,]+ entries`),
    );
  });

  test('is the very same when it is written there', async () => {
    await target.run('export', archive('target'));
    expect(await read('target')).toBe(await read('source'));
  });

  test('makes the store answer every query as the other does', { timeout: LONG_MS }, async () => {
    const [here, there] = [await everyAnswer(source.baton.api), await everyAnswer(target.baton.api)];
    expect([...there.keys()]).toEqual([...here.keys()]);
    for (const [question, answer] of there) expect(answer, question).toEqual(here.get(question));
    // Most of the questions must be about something.
    const empty = [...here.values()].filter((answer) => answer === null || isDeepStrictEqual(answer, []));
    expect(empty.length).toBeLessThan(here.size / 2);
  });

  test('leaves every document as its timeline makes it', async () => {
    const { client, db } = await connect(target.mongodbUri);
    expect((await rebuild(openCollections(db))).differences).toEqual([]);
    await client.close();
  });

  test('changes nothing when it is brought in again, there or where it came from', async () => {
    for (const cli of [target, source]) {
      const ran = await cli.run('import', 'baton', archive('source'));
      expect(ran).toEqual({
        exitCode: 0,
        stdout: `${SEEDED} conversations are in: nothing was new.`,
        stderr: '',
      });
      await cli.run('export', archive('again'));
      expect(await read('again')).toBe(await read('source'));
    }
  });

  test('is only read in a dry run', async () => {
    await using fresh = await testCli();
    const ran = await fresh.run('import', 'baton', archive('source'), '--dry-run');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      new RegExp(`^Can be brought in: ${SEEDED} conversations, [\\d,]+ entries, \\d+ agents, \\d+ contacts`),
    );
    expect(await fresh.baton.api.admin.stats.query()).toMatchObject({ conversations: 0, contacts: 0 });
  });

  test('needs the role import, and the role admin for business hours', async () => {
    await using fresh = await testCli();
    for (const argv of [
      ['import', 'baton', archive('source')],
      ['export', archive('refused')],
    ]) {
      expect(await fresh.runWith({ role: 'manager' }, ...argv)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/FORBIDDEN: .* is not for the role manager: it takes import or admin/),
      });
    }
    const ran = await fresh.runWith({ role: 'import' }, 'import', 'baton', archive('source'));
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toMatch(/source\.jsonl:2 {2}The tenant's settings did not come in: FORBIDDEN/);
    expect(ran.stdout).toContain(`${SEEDED} conversations are in`);
    expect(await fresh.baton.api.tenant.get.query()).toMatchObject({ businessHours: null });
  });
});

test('a conversation that is changed while it is exported is in the archive as it was at the start', async () => {
  await using fresh = await testCli();
  const { api } = fresh.baton;
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const created = await api.conversations.create.mutate({ contactId: `c-${index}`, channel: 'web' });
    ids.push(created.id);
  }
  const first = await api.conversations.export.query({ limit: 1 });
  // The contact's conversation ends and another begins, on either side of what has been read.
  await api.conversations.close.mutate({ conversationId: ids[2] ?? '' });
  await api.conversations.create.mutate({ contactId: 'c-2', channel: 'web' });
  const rest = await api.conversations.export.query({ cursor: first.nextCursor ?? '' });
  expect([...first.items, ...rest.items].map(({ conversationId, kind }) => [conversationId, kind])).toEqual(
    ids.map((id) => [id, 'created']),
  );
});
