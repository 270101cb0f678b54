import { Channel, SalesStage, timestamp, type Timestamp } from '@baton/schema';
import { parse } from 'csv-parse/sync';
import { Temporal } from 'temporal-polyfill';
import { UserError } from '../../output/errors.ts';
import { messageIds } from '../transcript/message-ids.ts';
import {
  emptyReading,
  type ReadTranscripts,
  type SourceMessage,
  type SourceTranscript,
} from '../transcript/transcript.ts';

/** What a table's columns may mean, with the names by which they are known. */
const COLUMNS = {
  conversation: ['conversation_id', 'conversation', 'thread_id', 'ticket_id', 'chat_id'],
  message: ['message_id', 'id'],
  at: ['sent_at', 'created_at', 'timestamp', 'date', 'time'],
  author: ['author', 'sender', 'from', 'role'],
  text: ['body', 'text', 'message', 'content'],
  contactId: ['contact_id', 'contact', 'customer_id'],
  contactName: ['contact_name', 'customer_name', 'name'],
  contactEmail: ['contact_email', 'customer_email', 'email'],
  contactPhone: ['contact_phone', 'customer_phone', 'phone'],
  channel: ['channel'],
  stage: ['stage'],
  visibility: ['visibility'],
} as const;
export type TableColumn = keyof typeof COLUMNS;
// The keys of a constant are known; TypeScript gives them as strings.
export const TABLE_COLUMNS = Object.keys(COLUMNS) as TableColumn[];

const REQUIRED: ReadonlySet<TableColumn> = new Set(['conversation', 'author', 'text']);

/** Authors who are the customer; any other is the name of an agent. */
const CUSTOMERS = new Set(['customer', 'contact', 'client', 'user', 'lead', 'visitor']);

export type TableOptions = {
  /** Columns of other names, by what they mean. */
  columns: Partial<Record<TableColumn, string>>;
  /** The zone of times without an offset. */
  timeZone?: string | undefined;
  /** Where the table names none. */
  channel: Channel;
};

type Row = { place: string; values: Partial<Record<TableColumn, string>> };

/**
 * Reads a table of messages, a row each, with a heading.
 * @throws UserError where the file is no such table, or a time has neither an offset nor a zone
 */
export function parseTable(file: string, content: string, options: TableOptions): ReadTranscripts {
  const reading = emptyReading();
  const rows = readRows(file, content, options.columns, reading);
  const groups = Map.groupBy(rows, ({ values }) => values.conversation ?? '');
  for (const [id, group] of groups) {
    const [first] = group;
    if (first === undefined) continue;
    if (id === '') {
      for (const { place } of group) reading.faults.push({ place, problem: 'It names no conversation' });
      continue;
    }
    reading.transcripts.push({
      place: first.place,
      transcript: transcriptOf(id, group, { reading, options }),
    });
  }
  return reading;
}

function readRows(
  file: string,
  content: string,
  named: TableOptions['columns'],
  reading: ReadTranscripts,
): Row[] {
  const records: { line: number; cells: string[] }[] = [];
  try {
    parse(content, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        records.push({ line: lines, cells });
        return null;
      },
    });
  } catch (error) {
    throw new UserError(
      `${file} is not readable as CSV: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const [heading, ...rest] = records;
  if (heading === undefined) throw new UserError(`${file} is empty`);
  const names = heading.cells.map((name) => name.trim());
  const meaning = meaningOf(file, names, named);
  const unread = names.filter((_, column) => !meaning.some(([, index]) => index === column));
  if (unread.length > 0)
    reading.notes.push(`Columns that were not read: ${unread.join(', ')}; --column says what one means`);
  return rest.map(({ line, cells }) => ({
    place: `${file}:${line}`,
    values: Object.fromEntries(meaning.map(([key, column]) => [key, cells[column] ?? ''])),
  }));
}

/** Which column has what. */
function meaningOf(
  file: string,
  names: readonly string[],
  named: TableOptions['columns'],
): [TableColumn, number][] {
  const lower = names.map((name) => name.toLowerCase());
  const meaning: [TableColumn, number][] = [];
  for (const key of TABLE_COLUMNS) {
    const asked = named[key];
    const known: readonly string[] = COLUMNS[key];
    const column =
      asked === undefined ? lower.findIndex((name) => known.includes(name)) : names.indexOf(asked);
    if (asked !== undefined && column === -1) throw new UserError(`${file} has no column "${asked}"`);
    if (column !== -1) meaning.push([key, column]);
    else if (REQUIRED.has(key))
      throw new UserError(
        `${file} has no column for ${key} (${known.join(', ')}); say which one it is: --column ${key}=NAME`,
      );
  }
  return meaning;
}

function transcriptOf(
  id: string,
  rows: readonly Row[],
  { reading, options }: { reading: ReadTranscripts; options: TableOptions },
): SourceTranscript {
  const messages: SourceMessage[] = [];
  const newId = messageIds();
  let last: Timestamp | undefined;
  for (const { place, values } of rows) {
    const { author = '', text = '', visibility = '' } = values;
    const at = instantOf(place, values.at ?? '', options.timeZone, reading);
    if (at === null) continue;
    if (at === undefined && last !== undefined)
      reading.notes.push(`${place} has no time, and takes that of the row before it`);
    last = at ?? last;
    if (author.trim() === '') {
      reading.faults.push({ place, problem: 'It names no author' });
      continue;
    }
    messages.push({
      place,
      id: values.message || newId(last ?? null, author, text),
      ...(last !== undefined && { at: last }),
      author: CUSTOMERS.has(author.trim().toLowerCase())
        ? { kind: 'customer' }
        : { kind: 'agent', name: author.trim() },
      internal: visibility.trim().toLowerCase() === 'internal',
      text,
    });
  }
  const stage = lastOf(rows, 'stage');
  const knownStage = SalesStage.safeParse(stage);
  if (stage !== '' && !knownStage.success)
    reading.notes.push(`${rows[0]?.place ?? ''} has the unknown stage "${stage}", and stays in lead`);
  const channel = Channel.safeParse(lastOf(rows, 'channel'));
  const [name, email, phone] = [
    lastOf(rows, 'contactName'),
    lastOf(rows, 'contactEmail'),
    lastOf(rows, 'contactPhone'),
  ];
  return {
    id,
    channel: channel.data ?? options.channel,
    contact: {
      id: lastOf(rows, 'contactId') || email || phone || `contact-of-${id}`,
      ...(name !== '' && { name }),
      ...(email !== '' && { email }),
      ...(phone !== '' && { phone }),
    },
    closed: false,
    ...(knownStage.success && { stage: knownStage.data }),
    tags: [],
    metadata: {},
    messages,
  };
}

/** The last value of a column that says something. */
function lastOf(rows: readonly Row[], column: TableColumn): string {
  return rows.findLast(({ values }) => (values[column] ?? '').trim() !== '')?.values[column]?.trim() ?? '';
}

const HAS_OFFSET = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;

/** @returns undefined where there is none; null where it is broken, which is a fault */
function instantOf(
  place: string,
  text: string,
  timeZone: string | undefined,
  reading: ReadTranscripts,
): Timestamp | undefined | null {
  const written = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  if (written === '') return undefined;
  const hasOffset = HAS_OFFSET.test(written);
  if (!hasOffset && timeZone === undefined)
    throw new UserError(
      `${place}: "${text.trim()}" has no offset from UTC; say in which zone it is: --time-zone ZONE`,
    );
  try {
    const instant = hasOffset
      ? Temporal.Instant.from(written)
      : Temporal.PlainDateTime.from(written)
          .toZonedDateTime(timeZone ?? 'UTC')
          .toInstant();
    return timestamp(instant.epochMilliseconds);
  } catch {
    reading.faults.push({ place, problem: `"${text.trim()}" is no time like 2026-01-31 09:30:00+01:00` });
    return null;
  }
}
