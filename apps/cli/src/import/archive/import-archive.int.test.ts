import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE, SEEDED, seedArchive } from '../../../test/seed-archive.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../../test/test-cli.ts';

let source: TestCli;
let folder: TemporaryFolder;

const archive = (name: string) => join(folder.path, `${name}.jsonl`);
const read = (name: string) => readFile(archive(name), 'utf8');

beforeAll(async () => {
  [source, folder] = [await testCli(), await temporaryFolder()];
  await seedArchive(source);
  await source.run('export', archive('source'));
});

afterAll(async () => {
  await Promise.all([source[Symbol.asyncDispose](), folder[Symbol.asyncDispose]()]);
});

describe('a store that has something already', () => {
  test('keeps its business hours, its changed agents and its contacts', async () => {
    await using fresh = await testCli();
    const { api } = fresh.baton;
    const own = { timeZone: 'UTC', weekdays: [{ day: 2, from: '09:00', to: '17:00' }] };
    await api.tenant.update.mutate({ businessHours: own });
    await api.agents.update.mutate({ id: 'closer', capacity: 7 });
    const contactId = `9 ${HOSTILE[9]?.slice(0, 60).trim()}`;
    await api.conversations.create.mutate({ contactId, channel: 'sms', contact: { name: 'Known' } });
    const ran = await fresh.run('import', 'baton', archive('source'));
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('Agent closer was changed here later, and stays as it is');
    expect(ran.stderr).toMatch(/source\.jsonl:\d+ {2}Contact "9 very long .*" has other details here/);
    expect(await api.tenant.get.query()).toMatchObject({ businessHours: own });
    const { items } = await api.agents.list.query({});
    expect(items.find(({ id }) => id === 'closer')).toMatchObject({ capacity: 7 });
  });

  test('refuses a conversation whose contact has another active one, by its line; the others come in', async () => {
    await using fresh = await testCli();
    const { api } = fresh.baton;
    const { id } = await api.conversations.create.mutate({ contactId: 'both', channel: 'web' });
    const ran = await fresh.run('import', 'baton', archive('source'));
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(
      new RegExp(
        `source\\.jsonl:\\d+ {2}Conversation [0-9a-f]{24}: its contact has an active conversation here, ${id}`,
      ),
    );
    expect((await api.admin.stats.query()).conversations).toBe(SEEDED);
    await api.conversations.close.mutate({ conversationId: id });
    expect((await fresh.run('import', 'baton', archive('source'))).stdout).toMatch(/: 1 new or completed by/);
  });

  test('takes what is newer, and keeps what went on differently', async () => {
    await using fresh = await testCli();
    const { api } = source.baton;
    await fresh.run('import', 'baton', archive('source'));
    const [rare, both] = [
      await source.conversationOf('rare'),
      (await api.conversations.history.query({ contactId: 'both' })).items[0],
    ];
    if (both === undefined) throw new Error('There are two');
    await api.conversations.update.mutate({ conversationId: rare.id, tags: ['newer'] });
    await api.conversations.update.mutate({ conversationId: both.id, tags: ['there'] });
    await fresh.baton.api.conversations.update.mutate({ conversationId: both.id, tags: ['here'] });
    await source.run('export', archive('newer'));
    const ran = await fresh.run('import', 'baton', archive('newer'));
    expect(ran).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining(': 1 new or completed by 1 entry.'),
    });
    expect(ran.stderr).toContain(
      `Conversation ${both.id}: it is here already, and has another entry ${both.lastSeq + 1}`,
    );
    expect(await fresh.conversationOf('rare')).toMatchObject({ tags: ['newer'] });
    expect(await fresh.baton.api.conversations.get.query({ conversationId: both.id })).toMatchObject({
      tags: ['here'],
    });
  });

  test('can have a copy in another tenant, under new ids', async () => {
    await using copy = await testCli({ mongodbUri: source.mongodbUri, tenantId: 'copy' });
    const ran = await copy.run('import', 'baton', archive('source'));
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^0 conversations are in/) });
    expect(ran.stderr).toContain('--new-ids brings it in under new ids');
    expect((await copy.run('import', 'baton', archive('source'), '--new-ids')).stdout).toMatch(
      new RegExp(`^${SEEDED} conversations are in: ${SEEDED} new`),
    );
    expect(await copy.run('import', 'baton', archive('source'), '--new-ids')).toMatchObject({
      exitCode: 0,
      stdout: `${SEEDED} conversations are in: nothing was new.`,
    });
    await copy.run('export', archive('copy'));
    const withoutIds = (text: string) =>
      text
        .replaceAll(/"[0-9a-f]{24}"/g, '""')
        .split('\n')
        .toSorted();
    expect(withoutIds(await read('copy'))).toEqual(withoutIds(await read('source')));
  });
});

describe('an archive of version 1', () => {
  /** The source as the version before exported it: without contacts, and nothing behind a conversation. */
  async function asVersion1(name: string): Promise<string> {
    const lines = (await read('source'))
      .replace('"version":3', '"version":1')
      .replaceAll('"contractMonths":', '"contractLength":')
      .replace(/"contacts":\d+,/, '')
      .split('\n')
      .filter((line) => !/^\{"(?:contact|conversation)"/.test(line));
    return folder.write(name, lines.join('\n'));
  }

  test('comes in with its ids too', async () => {
    await using fresh = await testCli();
    const ran = await fresh.run('import', 'baton', await asVersion1('v1.jsonl'));
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    await fresh.run('export', archive('from-v1'));
    const timelines = (text: string) => text.split('\n').filter((line) => line.startsWith('{"entry"'));
    expect(timelines(await read('from-v1'))).toEqual(timelines(await read('source')));
  });

  test('is not brought in twice where the version before gave it other ids', async () => {
    await using fresh = await testCli();
    await fresh.run('import', 'baton', archive('source'), '--new-ids');
    expect(await fresh.run('import', 'baton', await asVersion1('v1.jsonl'))).toMatchObject({
      exitCode: 0,
      stdout: `${SEEDED} conversations are in: nothing was new.`,
    });
  });
});

describe('a broken archive', () => {
  test.each<[string, (lines: string[]) => string[]]>([
    ['cut off in a line', (lines) => [...lines.slice(0, -40), lines.at(-40)?.slice(0, 50) ?? '']],
    ['with a line cut in the middle', (lines) => lines.with(200, lines[200]?.slice(0, 9) ?? '')],
    ['with a line lost', (lines) => lines.toSpliced(200, 1)],
    ['with a line of noise', (lines) => lines.toSpliced(200, 0, '\uFFFD\uFFFD')],
  ])('%s brings in all but what is broken, and says what that is', async (_name, change) => {
    await using fresh = await testCli();
    const lines = change((await read('source')).trimEnd().split('\n'));
    const file = await folder.write('broken.jsonl', lines.join('\n'));
    const dry = await fresh.run('import', 'baton', file, '--dry-run');
    const ran = await fresh.run('import', 'baton', file);
    expect([dry.exitCode, ran.exitCode]).toEqual([3, 3]);
    expect(ran.stderr).toBe(dry.stderr);
    const leftOut = [
      ...ran.stderr.matchAll(/^\S+broken\.jsonl:\d+ {2}.*Conversation ([0-9a-f]{24}) is left out$/gm),
    ];
    const leftOutIds = leftOut.map(([, id = '']) => id);
    expect(leftOutIds).toHaveLength(1);
    const { stats } = fresh.baton.api.admin;
    const brought = (await stats.query()).conversations;
    const inFile = new Set(
      lines.flatMap((line) => /^\{"entry":\{"conversationId":"([0-9a-f]{24})"/.exec(line)?.[1] ?? []),
    );
    expect(brought).toBe(inFile.size - 1);
    for (const id of inFile) {
      const got = fresh.baton.api.conversations.get.query({ conversationId: id });
      if (leftOutIds.includes(id)) await expect(got).rejects.toThrow();
      else {
        const { contact: _contact, ...there } = await source.baton.api.conversations.get.query({
          conversationId: id,
        });
        const { contact: _none, ...here } = await got;
        // Two were changed in the source since.
        if (there.contactId !== 'rare' && there.contactId !== 'both') expect(here).toEqual(there);
      }
    }
  });
});

test('a file that is no archive is refused', async () => {
  const file = await folder.write('other.jsonl', '{"some":"thing"}\n');
  expect(await source.run('import', 'baton', file)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('no Baton archive'),
  });
  expect(await source.run('import', 'baton', folder.path)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('it is a folder'),
  });
  expect(await source.run('import', 'baton', archive('nowhere'))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('there is no such file'),
  });
});
