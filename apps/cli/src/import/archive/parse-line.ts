import { EntryKind } from '@baton/schema';
import { z } from 'zod';
import {
  ARCHIVE_HEADER,
  type ArchiveLine,
  archiveLines,
  READABLE_VERSIONS,
} from '../../export/archive-format.ts';
import { UserError } from '../../output/errors.ts';

const Header = z.object({ format: z.literal(ARCHIVE_HEADER.format), version: z.int() });

/**
 * The version of an archive, by its first line.
 * @throws UserError where it is no archive, or of a version that this one does not know
 */
export function parseHeader(file: string, text: string | undefined): number {
  if (text === undefined) throw new UserError(`${file} is empty.`);
  const { data } = Header.safeParse(parseJson(text));
  if (data === undefined)
    throw new UserError(`${file} is no Baton archive: its first line is not the header of one.`);
  if (READABLE_VERSIONS.includes(data.version)) return data.version;
  throw new UserError(
    `${file} is an archive of version ${data.version}; this Baton reads up to version ${ARCHIVE_HEADER.version}. A newer Baton can import it.`,
  );
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The line, or what is wrong with it. */
export function parseLine(text: string): ArchiveLine | string {
  const value = parseJson(text);
  if (value === undefined) return 'Not readable as JSON';
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const kind = keys[0];
  if (kind === undefined || keys.length > 1 || !isLineKind(kind)) return 'No line of an archive';
  const content: unknown = Object(value)[kind];
  const newKind = kind === 'entry' ? unknownKindOf(content) : null;
  if (newKind !== null) return `Entries of the kind ${JSON.stringify(newKind)} are of a newer Baton`;
  const parsed: z.ZodSafeParseResult<unknown> = archiveLines[kind].safeParse(
    kind === 'entry' ? withNewNames(content) : content,
  );
  const issue = parsed.error?.issues[0];
  if (issue !== undefined) return `${[kind, ...issue.path].join('.')}: ${issue.message}`;
  // A kind and the value of its own schema, which the compiler cannot pair.
  return { kind, value: parsed.data } as ArchiveLine;
}

function isLineKind(key: string): key is keyof typeof archiveLines {
  return Object.hasOwn(archiveLines, key);
}

/** An entry of an archive of before, with the names that its fields have now. */
function withNewNames(entry: unknown): unknown {
  const deal: unknown = Object(entry).deal;
  if (typeof deal !== 'object' || deal === null || !('contractLength' in deal)) return entry;
  const { contractLength: contractMonths, ...others } = deal;
  return { ...Object(entry), deal: { ...others, contractMonths } };
}

/** The kind of an entry, where this version has no such kind. */
function unknownKindOf(entry: unknown): string | null {
  const kind: unknown = Object(entry).kind;
  return typeof kind === 'string' && !EntryKind.options.some((known) => known === kind) ? kind : null;
}

/** The conversation that a broken line of an entry belongs to, where that can still be read. */
export function conversationIdIn(text: string): string | null {
  return /"conversationId":\s*"(?<id>[0-9a-f]{24})"/.exec(text)?.groups?.['id'] ?? null;
}
