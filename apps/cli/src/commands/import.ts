import { type Command, InvalidArgumentError } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { importArchive } from '../import/archive/import-archive.ts';
import type { ImportResult } from '../import/import-plans.ts';
import { importPersuasion } from '../import/persuasion/import-persuasion.ts';
import { importOpenAiChat } from '../import/openai-chat/import-openai-chat.ts';
import { ExitCode } from '../output/errors.ts';
import { reportImport } from '../import/report-import.ts';
import { DIALOG_FILE, OUTCOME_FILE } from '../import/persuasion/parse-persuasion.ts';

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
  const report = (result: ImportResult, self: Command) => {
    if (result.faults.length > 0) context.setExitCode(ExitCode.incomplete);
    reportImport(context.terminal, result, wantsJson(self));
  };
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
