import { basename, extname } from 'node:path';
import { Channel } from '@baton/schema';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseChatMessages } from '../import/chat-messages/parse-chat-messages.ts';
import { parseChatwoot } from '../import/chatwoot/parse-chatwoot.ts';
import { reportTranscripts } from '../import/report-import.ts';
import { parseTable, TABLE_COLUMNS, type TableColumn } from '../import/table/parse-table.ts';
import { importTranscripts } from '../import/transcript/import-transcripts.ts';
import { parseTranscripts } from '../import/transcript/parse-transcripts.ts';
import type { ReadTranscripts } from '../import/transcript/transcript.ts';
import { type DateOrder, parseWhatsApp } from '../import/whatsapp/parse-whatsapp.ts';
import { readSource } from '../local/source-file.ts';
import { ExitCode } from '../output/errors.ts';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseTimeZone } from './option-parsers.ts';

type Reader<Options> = (file: string, content: string, options: Options) => ReadTranscripts;

/** The imports of what other systems export: each with a dry run. */
export function registerTranscriptImports(group: Command, context: CommandContext): void {
  /** Adds a command that reads one file. */
  function add<Options>(
    source: string,
    description: string,
    argument: string,
    read: Reader<Options>,
  ): Command {
    return group
      .command(source)
      .description(description)
      .argument('<file>', argument)
      .option('--dry-run', 'say what would come in, what is left out and why; change nothing')
      .action(async (file: string, options: Options & { dryRun?: boolean }, self: Command) => {
        const reading = read(basename(file), await readSource(file), options);
        const isDryRun = options.dryRun === true;
        const result = await importTranscripts(source, reading, { ...context, isDryRun });
        if (result.faults.length > 0) context.setExitCode(ExitCode.incomplete);
        reportTranscripts(context.terminal, result, wantsJson(self));
      });
  }

  add<{ us: string[]; timeZone: string; dates?: DateOrder; contact?: string }>(
    'whatsapp',
    'a chat that WhatsApp has exported as text',
    'the text file',
    (file, content, { us, timeZone, dates, contact: contactId }) =>
      parseWhatsApp(file, content, { us, timeZone, dates, contactId }),
  )
    .option('--us <name>', 'a name under which the business writes; may be repeated', collect, [])
    .requiredOption(
      '--time-zone <zone>',
      "the phone's zone, like Europe/Berlin: the file has local times",
      parseTimeZone,
    )
    .addOption(new Option('--dates <order>', 'how 7/11/26 is meant').choices(['day-first', 'month-first']))
    .option('--contact <id>', "the contact's id; made of their name without it");

  add(
    'chatwoot',
    "conversations with their messages, as Chatwoot's API gives them",
    'a JSON file',
    parseChatwoot,
  );

  add<{ name?: string }>(
    'messages',
    'chat messages as OpenAI and others have them: {"messages": […]}, a conversation a line',
    'a file of JSON Lines',
    (file, content, { name = basename(file, extname(file)) }) => parseChatMessages(file, content, name),
  ).option('--name <name>', "the set's name, the start of every id; the file's without it", parseName);

  add<{ column: Partial<Record<TableColumn, string>>; timeZone?: string; channel: Channel }>(
    'csv',
    'a table with a message a row',
    'a CSV file with a heading',
    (file, content, { column: columns, timeZone, channel }) =>
      parseTable(file, content, { columns, timeZone, channel }),
  )
    .option('--column <meaning=name>', `what a column means: ${TABLE_COLUMNS.join(', ')}`, collectColumn, {})
    .option('--time-zone <zone>', 'the zone of times without an offset, like Europe/Berlin', parseTimeZone)
    .addOption(
      new Option('--channel <channel>', 'the channel where the table has none')
        .choices(Channel.options)
        .default('api'),
    );

  add(
    'transcripts',
    "Baton's own format: a conversation a line, by docs/transcript.schema.json",
    'a file of JSON Lines',
    parseTranscripts,
  );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function collectColumn(
  value: string,
  before: Partial<Record<TableColumn, string>>,
): Partial<Record<TableColumn, string>> {
  const [meaning = '', ...name] = value.split('=');
  const column = TABLE_COLUMNS.find((known) => known === meaning);
  if (column === undefined || name.length === 0)
    throw new InvalidArgumentError(`Expected one of ${TABLE_COLUMNS.join(', ')}, = and the column's name.`);
  return { ...before, [column]: name.join('=') };
}

function parseName(value: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/i.test(value)) return value;
  throw new InvalidArgumentError('Expected up to 64 letters, digits and -.');
}
