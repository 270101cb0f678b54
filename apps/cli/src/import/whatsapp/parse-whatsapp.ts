import { timestamp, type Timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';
import { type Message, parseString } from 'whatsapp-chat-parser';
import { UserError } from '../../output/errors.ts';
import {
  emptyReading,
  type ReadTranscripts,
  type SourceMessage,
  type TranscriptMessage,
} from '../transcript/transcript.ts';
import { messageIds } from '../transcript/message-ids.ts';
import { isDeleted, isOmitted, withoutMarks } from './placeholders.ts';

export type DateOrder = 'day-first' | 'month-first';

export type WhatsAppOptions = {
  /** The names under which the business writes. */
  us: readonly string[];
  /** The phone's zone: the file has local times. */
  timeZone: string;
  /** How a date like 7/11/26 is meant, where the file does not tell. */
  dates?: DateOrder | undefined;
  /** The contact's id; made of their name or number without it. */
  contactId?: string | undefined;
};

/** A file that is not in the export is kept by name; this is the address that leads nowhere (RFC 6694). */
const NO_ADDRESS = 'about:blank';

/**
 * Reads a chat that WhatsApp has exported without or with media (the text file of it).
 * @throws UserError where the file is no such chat, or it cannot be told who the business is
 */
export function parseWhatsApp(file: string, content: string, options: WhatsAppOptions): ReadTranscripts {
  const text = withoutMarks(content.replace(/^\uFEFF/, ''));
  const order = dateOrderOf(text, options.dates);
  const lines = parseAsUtc(text, order.isDayFirst);
  const names = [...new Set(lines.flatMap(({ author }) => author ?? []))];
  if (names.length === 0) throw new UserError(`${file} is no chat that WhatsApp has exported`);
  const contact = contactOf(names, options.us);
  const reading = emptyReading();
  if (order.isGuess)
    reading.notes.push(
      `Dates were read as ${order.isDayFirst ? 'day/month' : 'month/day'}; --dates says otherwise`,
    );
  const messages: SourceMessage[] = [];
  const newId = messageIds();
  for (const [index, line] of lines.entries()) {
    const place = `${file}:message ${index + 1}`;
    const said = line.message.trim();
    if (line.author === null) reading.leftOut.push({ place, problem: 'A notice of WhatsApp, not a message' });
    else if (isDeleted(said)) reading.leftOut.push({ place, problem: `Deleted by ${line.author}` });
    else {
      const id = newId(line.date.getTime(), line.author, said);
      messages.push({ place, ...messageOf(line, said, { id, options }) });
    }
  }
  const id = options.contactId ?? contactIdOf(contact);
  const isNumber = /^\+?[\d\s().-]{6,}$/.test(contact);
  const transcript = {
    id,
    channel: 'whatsapp' as const,
    contact: { id, ...(isNumber ? { phone: contact } : { name: contact }) },
    owner: options.us[0],
    closed: false,
    tags: [],
    metadata: {},
    messages,
  };
  reading.transcripts.push({ place: file, transcript });
  return reading;
}

/** The parser makes dates in the zone of the process, which has hours that are skipped; UTC has none. */
function parseAsUtc(text: string, isDayFirst: boolean): Message[] {
  const zone = process.env['TZ'];
  process.env['TZ'] = 'UTC';
  try {
    return parseString(text, { daysFirst: isDayFirst, parseAttachments: true });
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
}

const DATE = /^\[?(\d{1,4})([./-])\s?(\d{1,2})\2\s?\d{1,4}\D/gm;
const TWELVE_HOURS = /^\[?[\d./-]+,?\s[\d:.]+\s?[ap]\.?\s?m/im;

/** A number beyond 12 tells; else dots are written after the day, and clocks of twelve hours go with months first. */
function dateOrderOf(text: string, asked: DateOrder | undefined): { isDayFirst: boolean; isGuess: boolean } {
  if (asked !== undefined) return { isDayFirst: asked === 'day-first', isGuess: false };
  let hasSlash = false;
  for (const [, first, separator, second] of text.matchAll(DATE)) {
    if (Number(first) > 12) return { isDayFirst: true, isGuess: false };
    if (Number(second) > 12) return { isDayFirst: false, isGuess: false };
    hasSlash ||= separator === '/';
  }
  return { isDayFirst: !(hasSlash && TWELVE_HOURS.test(text)), isGuess: hasSlash };
}

/** @throws UserError where it is not said who the business is, or more than one person is left */
function contactOf(names: readonly string[], us: readonly string[]): string {
  const listed = names.map((name) => `"${name}"`).join(', ');
  const missing = us.find((name) => !names.includes(name));
  if (us.length === 0) throw new UserError(`Say who of ${listed} is the business: --us NAME`);
  if (missing !== undefined)
    throw new UserError(`Nobody in the chat is called "${missing}": it has ${listed}`);
  const [contact, ...others] = names.filter((name) => !us.includes(name));
  if (contact === undefined) throw new UserError(`Only the business writes in this chat: ${listed}`);
  if (others.length > 0)
    throw new UserError(`A group cannot come in: name all of ${listed} but the customer by --us`);
  return contact;
}

function contactIdOf(contact: string): string {
  return `whatsapp:${contact.replaceAll(/\s+/g, '-')}`.slice(0, 120);
}

function messageOf(
  { date, author, attachment }: Message,
  said: string,
  { id, options }: { id: string; options: WhatsAppOptions },
): TranscriptMessage {
  const lines = said.split('\n');
  const omitted = lines.filter((line) => isOmitted(line)).map((line) => line.replaceAll(/[<>]/g, '').trim());
  const files = attachment === undefined ? omitted : [...omitted, attachment.fileName];
  const rest = lines
    .filter((line) => !isOmitted(line))
    .join('\n')
    .trim();
  return {
    id,
    at: instantOf(date, options.timeZone),
    author: options.us.includes(author ?? '') ? { kind: 'agent', name: author ?? '' } : { kind: 'customer' },
    internal: false,
    text: rest,
    ...(files.length > 0 && {
      parts: files.map((name) => ({ type: 'attachment' as const, url: NO_ADDRESS, name })),
    }),
  };
}

/** A local time that a clock change skips moves later by the skipped time; of one that occurs twice the first is taken. */
function instantOf(utc: Date, timeZone: string): Timestamp {
  const local = Temporal.Instant.fromEpochMilliseconds(utc.getTime())
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  return timestamp(local.toZonedDateTime(timeZone).epochMilliseconds);
}
