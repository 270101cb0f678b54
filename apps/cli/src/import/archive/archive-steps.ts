import { ARCHIVE_PAGE_LIMIT, type Agent, type Contact, type KnownEntry, PAGE_LIMIT } from '@baton/schema';
import type { ArchiveLine } from '../../export/archive-format.ts';
import { parseLine } from './parse-line.ts';
import { readLines } from './read-lines.ts';

/** Entries of one call together have at most about this many bytes, unless one alone has more. */
const PIECE_BYTES = 256 * 1024;

type Place = { line: number; bytes: number };

/** A timeline, or a piece of one, and the line that it begins in. */
export type Piece = Place & {
  type: 'piece';
  conversationId: KnownEntry['conversationId'];
  entries: KnownEntry[];
  isFirst: boolean;
  more: boolean;
};

/** What is sent in one call. */
export type ArchiveStep =
  | (Place & { type: 'tenant'; value: Extract<ArchiveLine, { kind: 'tenant' }>['value'] })
  | (Place & { type: 'agents'; agents: Agent[] })
  | (Place & { type: 'contacts'; contacts: Contact[] })
  | Piece;

/**
 * The calls that bring an archive in, in its order, but the tenant's own settings last. It was checked before: what is broken belongs to a conversation that
 * is left out, or is no entry, and is passed over here.
 */
export async function* archiveSteps(file: string, leftOut: ReadonlySet<string>): AsyncGenerator<ArchiveStep> {
  let step: ArchiveStep | null = null;
  let settings: ArchiveStep | null = null;
  for await (const { number, bytes, ...line } of readLines(file)) {
    if (number === 1 || 'problem' in line) continue;
    const parsed = parseLine(line.text);
    if (typeof parsed === 'string') continue;
    const next = stepOf(parsed, { line: number, bytes });
    if (next === null || (next.type === 'piece' && leftOut.has(next.conversationId))) continue;
    if (next.type === 'tenant') {
      settings = next;
      continue;
    }
    if (step !== null && join(step, next)) continue;
    if (step !== null) yield step;
    step = next;
  }
  if (step !== null) yield step;
  if (settings !== null) yield settings;
}

/** The call for one line; null for a line that is only counted. */
function stepOf({ kind, value }: ArchiveLine, place: Place): ArchiveStep | null {
  switch (kind) {
    case 'tenant':
      return { ...place, type: 'tenant', value };
    case 'agent':
      return { ...place, type: 'agents', agents: [value] };
    case 'contact':
      return { ...place, type: 'contacts', contacts: [value] };
    case 'entry': {
      if (value.kind === 'unknown') return null;
      const { conversationId } = value;
      return { ...place, type: 'piece', conversationId, entries: [value], isFirst: true, more: false };
    }
    default:
      return null;
  }
}

/** Puts one call into the one before it where there is room; else tells pieces of one timeline of each other. */
function join(step: ArchiveStep, next: ArchiveStep): boolean {
  if (step.type === 'agents' && next.type === 'agents' && step.agents.length < PAGE_LIMIT) {
    step.agents.push(...next.agents);
    return true;
  }
  if (step.type === 'contacts' && next.type === 'contacts' && step.contacts.length < PAGE_LIMIT) {
    step.contacts.push(...next.contacts);
    return true;
  }
  if (step.type !== 'piece' || next.type !== 'piece') return false;
  if (step.conversationId !== next.conversationId) return false;
  if (step.entries.length < ARCHIVE_PAGE_LIMIT && step.bytes + next.bytes <= PIECE_BYTES) {
    step.entries.push(...next.entries);
    step.bytes += next.bytes;
    return true;
  }
  step.more = true;
  next.isFirst = false;
  return false;
}
