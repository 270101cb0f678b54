import { ConversationId } from '@baton/schema';
import type { ArchiveLine } from '../../export/archive-format.ts';
import type { ImportFault } from '../import-fault.ts';
import { conversationIdIn, parseHeader, parseLine } from './parse-line.ts';
import { type Line, readLines } from './read-lines.ts';
import { TimelineCheck } from './timeline-check.ts';

type ArchiveCounts = { agents: number; contacts: number; conversations: number; entries: number };

/** What an archive has that can be brought in, and what cannot. */
export type CheckedArchive = ArchiveCounts & {
  version: number;
  /** The conversations that cannot be brought in: each has a fault. */
  leftOut: ReadonlySet<string>;
  faults: ImportFault[];
};

/**
 * Reads a whole archive and checks every line, so that nothing is written of a conversation that is not whole.
 * @throws UserError where it is no archive of a version that can be read
 */
export async function checkArchive(
  file: string,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<CheckedArchive> {
  const lines = readLines(file);
  const first = await lines.next();
  const header = first.done === true ? undefined : first.value;
  const text = header === undefined || 'text' in header ? header?.text : '';
  const check = new ArchiveCheck(file, parseHeader(file, text));
  for await (const line of lines) {
    onBytes(line.bytes);
    check.read(line);
  }
  return check.finish();
}

class ArchiveCheck {
  readonly #file: string;
  readonly #version: number;
  readonly #faults: ImportFault[] = [];
  readonly #leftOut = new Set<string>();
  /** What can be brought in, and what is there, broken or not. */
  readonly #good: ArchiveCounts = { agents: 0, contacts: 0, conversations: 0, entries: 0 };
  readonly #found: ArchiveCounts = { agents: 0, contacts: 0, conversations: 0, entries: 0 };
  #open: TimelineCheck | null = null;
  #lastLine = 1;
  #end: ArchiveCounts | null = null;

  constructor(file: string, version: number) {
    this.#file = file;
    this.#version = version;
  }

  read(line: Line): void {
    this.#lastLine = line.number;
    if ('problem' in line) {
      this.#readBroken(line.number, line.problem, '');
      return;
    }
    if (line.text.trim() === '') return;
    if (this.#end !== null) {
      this.#addFault(line.number, 'A line behind the last one of the archive');
      return;
    }
    const parsed = parseLine(line.text);
    if (typeof parsed === 'string') this.#readBroken(line.number, parsed, line.text);
    else this.#readLine(line.number, parsed);
  }

  finish(): CheckedArchive {
    if (this.#end === null) {
      this.#open?.reject(this.#lastLine, 'The archive ends in the middle of it');
      this.#close();
      this.#addFault(this.#lastLine, 'The archive ends before its last line: what stood behind is not here');
    } else {
      this.#compareCounts(this.#end);
    }
    return { ...this.#good, version: this.#version, leftOut: this.#leftOut, faults: this.#faults };
  }

  #readLine(number: number, { kind, value }: ArchiveLine): void {
    if (kind === 'entry') {
      this.#timelineOf(value.conversationId, number).add(value, number);
      this.#found.entries += 1;
      return;
    }
    if (kind === 'conversation') {
      this.#readCount(number, value);
      return;
    }
    this.#closeBefore(number);
    if (kind === 'end') this.#end = value;
    if (kind !== 'agent' && kind !== 'contact') return;
    this.#good[`${kind}s`] += 1;
    this.#found[`${kind}s`] += 1;
  }

  /** The timeline that an entry belongs to; another one that is open ends before it. */
  #timelineOf(id: ConversationId, number: number): TimelineCheck {
    if (this.#open?.id !== id) {
      this.#closeBefore(number);
      this.#open = new TimelineCheck(id);
      this.#found.conversations += 1;
    }
    return this.#open;
  }

  #readCount(number: number, { id, entries }: { id: ConversationId; entries: number }): void {
    const timeline = this.#timelineOf(id, number);
    if (timeline.entries !== entries)
      timeline.reject(number, `It had ${entries} entries, and ${timeline.entries} are here`);
    this.#close();
  }

  /** A line that cannot be read may be an entry of the conversation that is open, whatever it was. */
  #readBroken(number: number, problem: string, text: string): void {
    const id = ConversationId.safeParse(conversationIdIn(text)).data;
    if (id !== undefined) this.#timelineOf(id, number).reject(number, problem);
    else if (this.#open === null) this.#addFault(number, problem);
    else this.#open.reject(number, problem);
  }

  /** Ends the conversation that is open, where another line than its own last one comes. */
  #closeBefore(number: number): void {
    if (this.#version > 1) this.#open?.reject(number, 'The line that ends it is missing');
    this.#close();
  }

  #close(): void {
    const timeline = this.#open;
    if (timeline === null) return;
    this.#open = null;
    const fault = timeline.finish();
    if (fault === null) {
      this.#good.conversations += 1;
      this.#good.entries += timeline.entries;
      return;
    }
    this.#leftOut.add(timeline.id);
    this.#addFault(fault.line, `${fault.problem}. Conversation ${timeline.id} is left out`);
  }

  #compareCounts(end: ArchiveCounts): void {
    for (const what of ['agents', 'contacts', 'conversations', 'entries'] as const) {
      if (this.#found[what] === end[what]) continue;
      this.#addFault(
        this.#lastLine,
        `The archive had ${end[what]} ${what}, and ${this.#found[what]} can be read`,
      );
    }
  }

  #addFault(line: number, problem: string): void {
    this.#faults.push({ place: `${this.#file}:${line}`, problem });
  }
}
