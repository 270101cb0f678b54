import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Conversation } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyAnswer } from '../../test/every-answer.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { allItems } from '../api/pagination.ts';

/** The public dialogues are not part of the repository. */
const DATA =
  process.env['BATON_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const PERSUASION = join(DATA, 'persuasion');
const AIRLINE = join(DATA, 'tau-airline/gpt-4o-airline.json');

/** Imports a whole data set. */
const LONG_MS = 240_000;

async function tagged({ baton }: TestCli, tag: string): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  for await (const one of allItems((page) => baton.api.conversations.list.query({ tag, ...page })))
    conversations.push(one);
  return conversations;
}

const sum = (conversations: readonly Conversation[], of: (one: Conversation) => number): number =>
  conversations.reduce((total, one) => total + of(one), 0);

describe.skipIf(!existsSync(PERSUASION))('the persuasion dialogues', () => {
  test(
    'all go in: every row a message, every recorded outcome a deal; a second run changes nothing',
    async () => {
      await using cli = await testCli();
      const first = await cli.json('import', 'persuasion', PERSUASION);
      expect(first).toMatchObject({ conversations: 1_017, changed: 1_017, faults: [] });
      const conversations = await tagged(cli, 'persuasion');
      expect(conversations).toHaveLength(1_017);
      expect(sum(conversations, ({ metrics }) => metrics.messages)).toBe(20_932);
      expect(conversations.filter(({ stage }) => stage === 'closed_won')).toHaveLength(545);
      expect(conversations.filter(({ stage }) => stage === 'closed_lost')).toHaveLength(472);
      for (const { deal, metadata, stage } of conversations) {
        const cents = metadata['persuadeeDonationCents'];
        expect(deal?.monthlyValueCents ?? 0).toBe(stage === 'closed_won' ? cents : 0);
      }
      const again = await cli.json('import', 'persuasion', PERSUASION);
      expect(again).toEqual({ conversations: 1_017, changed: 0, commands: 0, faults: [] });
      expect(await tagged(cli, 'persuasion')).toEqual(conversations);
    },
    LONG_MS,
  );
});

describe.skipIf(!existsSync(AIRLINE))('the airline runs', () => {
  let cli: TestCli;
  let first: unknown;

  beforeAll(async () => {
    cli = await testCli();
    first = await cli.json('import', 'openai-chat', AIRLINE);
  }, LONG_MS);
  afterAll(() => cli[Symbol.asyncDispose]());

  test(
    'all go in: every message, every transfer a handoff, every reward an end; a second run changes nothing',
    async () => {
      expect(first).toMatchObject({ conversations: 200, changed: 200, faults: [] });
      const conversations = await tagged(cli, 'tau-airline');
      expect(sum(conversations, ({ metrics }) => metrics.messages)).toBe(5_308);
      expect(sum(conversations, ({ handoffCount }) => handoffCount)).toBe(48);
      expect(conversations.filter(({ owner }) => owner.agentId === 'human_support')).toHaveLength(48);
      expect(conversations.filter(({ status }) => status === 'completed')).toHaveLength(84);
      expect(conversations.filter(({ status }) => status === 'abandoned')).toHaveLength(116);
      await cli.json('import', 'openai-chat', AIRLINE);
      expect(await tagged(cli, 'tau-airline')).toEqual(conversations);
    },
    LONG_MS,
  );

  test(
    'make an archive that is the same from another store, and that one answers every query as the first',
    async () => {
      await using target = await testCli();
      await using folder = await temporaryFolder();
      const [exported, again] = [join(folder.path, 'first.jsonl'), join(folder.path, 'again.jsonl')];
      await cli.run('export', exported);
      expect(await target.json('import', 'baton', exported)).toMatchObject({
        conversations: 200,
        changed: 200,
        faults: [],
      });
      await target.run('export', again);
      expect(await readFile(again, 'utf8')).toBe(await readFile(exported, 'utf8'));
      const [here, there] = await Promise.all([
        everyAnswer(cli.baton.api, 40),
        everyAnswer(target.baton.api, 40),
      ]);
      for (const [question, answer] of there) expect(answer, question).toEqual(here.get(question));
    },
    LONG_MS,
  );
});
