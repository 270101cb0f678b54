import type { Agent, BusinessHours } from '@baton/schema';
import { Entry, type EntryOf, type KnownEntry } from '@baton/schema';
import { fold } from '@baton/domain';
import { z } from 'zod';
import type { ImportFault } from '../import-fault.ts';
import { ArchiveLine } from '../../export/archive-format.ts';

const Header = z.object({ format: z.literal('baton'), version: z.literal(1) });
export type ArchivedConversation = {
  place: string;
  entries: [EntryOf<'created'>, ...KnownEntry[]];
};

export type Archive = {
  businessHours: BusinessHours | null;
  agents: Agent[];
  conversations: ArchivedConversation[];
  faults: ImportFault[];
};

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function parseLine(line: string): ArchiveLine | string {
  const value = parseJson(line);
  if (value === undefined) return 'Not readable as JSON';
  const parsed = ArchiveLine.safeParse(value);
  if (parsed.success) return parsed.data;
  // The union's own message says nothing; the entry's schema names the path.
  const entry = z.object({ entry: Entry }).safeParse(value);
  const [issue] = entry.error?.issues ?? [];
  return issue === undefined ? 'No line of an archive' : `${issue.path.join('.')}: ${issue.message}`;
}

/** The conversation that a broken line belongs to, where that can still be read. */
const EntryReference = z.looseObject({ entry: z.looseObject({ conversationId: z.string() }) });

/**
 * Reads an archive. A conversation with a broken line is left out, because a fold with a gap would be wrong.
 * @throws Error where the first line is not that of an archive
 */
export async function readArchive(
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<Archive> {
  const agents: Agent[] = [];
  const faults: ImportFault[] = [];
  const timelines = new Map<string, { place: string; entries: KnownEntry[] }>();
  const broken = new Set<string>();
  let number = 0;
  let isComplete = false;
  let businessHours: BusinessHours | null = null;
  for await (const line of lines) {
    number += 1;
    const place = `${file}:${number}`;
    if (number === 1) {
      if (!Header.safeParse(parseJson(line)).success)
        throw new Error(`${file} is no Baton archive of version 1`);
      continue;
    }
    if (line.trim() === '') continue;
    const read = parseLine(line);
    if (typeof read === 'string') {
      faults.push({ place, problem: read });
      const reference = EntryReference.safeParse(parseJson(line));
      if (reference.success) broken.add(reference.data.entry.conversationId);
    } else if ('tenant' in read) {
      ({ businessHours } = read.tenant);
    } else if ('agent' in read) {
      agents.push(read.agent);
    } else if ('entry' in read) {
      const { entry } = read;
      if (entry.kind === 'unknown') {
        faults.push({ place, problem: `Entry ${entry.seq} could not be read when it was exported` });
        broken.add(entry.conversationId);
        continue;
      }
      const timeline = timelines.get(entry.conversationId);
      if (timeline === undefined) timelines.set(entry.conversationId, { place, entries: [entry] });
      else timeline.entries.push(entry);
    } else {
      isComplete = true;
    }
  }
  if (number === 0) throw new Error(`${file} is empty`);
  if (!isComplete)
    faults.push({ place: `${file}:${number}`, problem: 'The archive ends before its last line' });
  const conversations: ArchivedConversation[] = [];
  for (const [id, { place, entries }] of timelines) {
    const [created, ...rest] = entries;
    const problem = broken.has(id)
      ? 'A line of this conversation is broken: it is left out'
      : foldProblem(entries);
    if (problem !== null) faults.push({ place, problem });
    else if (created?.kind === 'created') conversations.push({ place, entries: [created, ...rest] });
  }
  return { businessHours, agents, conversations, faults };
}

function foldProblem(entries: readonly Entry[]): string | null {
  try {
    fold(entries);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
