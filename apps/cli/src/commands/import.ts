import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type CommandContext, wantsJson } from '../cli.ts';
import { importArchive } from '../import/import-baton.ts';
import { ensureAgent, importPlans, type ImportResult, reportImport } from '../import/importing.ts';
import { ASSISTANT, HUMAN_SUPPORT, parseRuns, planRun } from '../import/openai-chat.ts';
import { DIALOG_FILE, OUTCOME_FILE, parsePersuasion, PERSUADER, planDialogue } from '../import/persuasion.ts';
import { readSource } from '../import/source-file.ts';

/** Brings in the persuasion dialogues of a folder. */
export async function importPersuasion(
  folder: string,
  context: Pick<CommandContext, 'terminal' | 'connect'>,
): Promise<ImportResult> {
  const [dialog, outcome] = await Promise.all([
    readSource(join(folder, DIALOG_FILE)),
    readSource(join(folder, OUTCOME_FILE)),
  ]);
  const { dialogues, faults } = parsePersuasion(dialog, outcome);
  const { api } = await context.connect();
  await ensureAgent(api, { id: PERSUADER, kind: 'human', name: 'Persuader', roles: ['persuader'] });
  const result = await importPlans(api, dialogues.map(planDialogue), context);
  return { ...result, faults: [...faults, ...result.faults] };
}

/** Brings in runs of an assistant in the OpenAI chat format. */
export async function importOpenAiChat(
  file: string,
  name: string,
  context: Pick<CommandContext, 'terminal' | 'connect'>,
): Promise<ImportResult> {
  const { runs, faults } = parseRuns(basename(file), await readSource(file));
  const planned = runs.map((run) => planRun(run, name));
  const { api } = await context.connect();
  await ensureAgent(api, { id: ASSISTANT, kind: 'ai', name: 'Assistant', roles: ['support'] });
  await ensureAgent(api, { id: HUMAN_SUPPORT, kind: 'human', name: 'Human support', roles: ['support'] });
  const plans = planned.map(({ placed }) => placed);
  const result = await importPlans(api, plans, context);
  return { ...result, faults: [...faults, ...planned.flatMap((plan) => plan.faults), ...result.faults] };
}

function parseSetName(value: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected up to 64 of a-z, 0-9 and -.');
}

export function registerImport(program: Command, context: CommandContext): void {
  const group = program
    .command('import')
    .description(
      'bring conversations in; a second run adds nothing that is there already. Exits 3 where a record is broken',
    );
  const report = (result: ImportResult, self: Command) => reportImport(context, result, wantsJson(self));
  group
    .command('persuasion')
    .description(`dialogues with a recorded outcome: ${DIALOG_FILE} and ${OUTCOME_FILE}`)
    .argument('<folder>', 'the folder with the two files')
    .action(async (folder: string, _options: unknown, self: Command) =>
      report(await importPersuasion(folder, context), self),
    );
  group
    .command('openai-chat')
    .description('runs of an assistant in the OpenAI chat format, with tools and transfers to a person')
    .argument('<file>', 'a JSON array of runs')
    .option('--name <name>', "the set's name, the start of every contactId", parseSetName, 'tau-airline')
    .action(async (file: string, { name }: { name: string }, self: Command) =>
      report(await importOpenAiChat(file, name, context), self),
    );
  group
    .command('baton')
    .description('an archive of `baton export`')
    .argument('<file>', 'the archive, JSON Lines')
    .action(async (file: string, _options: unknown, self: Command) =>
      report(await importArchive(file, context), self),
    );
}
