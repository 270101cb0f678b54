import { type Command, InvalidArgumentError } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { importArchive, inspectArchive } from '../import/archive/import-archive.ts';
import type { ImportResult } from '../import/import-plans.ts';
import type { RestoreResult } from '../import/archive/restore-archive.ts';
import { importPersuasion } from '../import/persuasion/import-persuasion.ts';
import { importOpenAiChat } from '../import/openai-chat/import-openai-chat.ts';
import { ExitCode } from '../output/errors.ts';
import { reportCheck, reportImport } from '../import/report-import.ts';
import { registerTranscriptImports } from './import-transcripts.ts';
import { DIALOG_FILE, OUTCOME_FILE } from '../import/persuasion/parse-persuasion.ts';

function parseSetName(value: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected up to 64 of a-z, 0-9 and -.');
}

type ArchiveOptions = { dryRun?: boolean; newIds?: boolean };

export function registerImport(program: Command, context: CommandContext): void {
  const group = program
    .command('import')
    .description(
      'bring conversations in; a second run adds nothing that is there already. Exits 3 where a record is broken',
    );
  const report = (result: ImportResult | RestoreResult, self: Command) => {
    if (result.faults.length > 0) context.setExitCode(ExitCode.incomplete);
    reportImport(context.terminal, result, wantsJson(self));
  };
  registerTranscriptImports(group, context);
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
    .description('an archive of `baton export`: everything as it was, with its ids and times')
    .argument('<file>', 'the archive, JSON Lines')
    .option('--dry-run', 'only read the archive, and say what is broken in it')
    .option('--new-ids', 'as a copy with ids of its own, beside the original in the same store')
    .action(async (file: string, { dryRun, newIds: withNewIds = false }: ArchiveOptions, self: Command) => {
      if (dryRun !== true) {
        report(await importArchive(file, { withNewIds }, context), self);
        return;
      }
      const checked = await inspectArchive(file, context);
      if (checked.faults.length > 0) context.setExitCode(ExitCode.incomplete);
      reportCheck(context.terminal, checked, wantsJson(self));
    });
}
