import { Refusal, restore } from '@baton/domain';
import {
  ARCHIVE_PAGE_LIMIT,
  type Conversation,
  type ConversationId,
  type Entry,
  type KnownEntry,
} from '@baton/schema';

/** Whether an entry lies in the future only the server can say. */
const NO_INSTANT_IS_LATER = '9999-12-31T23:59:59.999Z';

/** What is wrong with a conversation, and the line that is. */
export type TimelineFault = { line: number; problem: string };

/** Checks one conversation of an archive as the server will, entry by entry. Keeps no more of it than a piece. */
export class TimelineCheck {
  readonly id: ConversationId;
  entries = 0;
  #fault: TimelineFault | null = null;
  #folded: Conversation | null = null;
  #piece: KnownEntry[] = [];
  #lines: number[] = [];

  constructor(id: ConversationId) {
    this.id = id;
  }

  /** Only the first fault counts. */
  reject(line: number, problem: string): void {
    this.#fault ??= { line, problem };
  }

  add(entry: Entry, line: number): void {
    this.entries += 1;
    if (this.#fault !== null) return;
    if (entry.seq !== this.entries) {
      this.reject(line, `Entry ${this.entries} comes next, not ${entry.seq}`);
      return;
    }
    if (entry.kind === 'unknown') {
      this.reject(line, `Entry ${entry.seq} could not be read when it was exported`);
      return;
    }
    this.#piece.push(entry);
    this.#lines.push(line);
    if (this.#piece.length === ARCHIVE_PAGE_LIMIT) this.#checkPiece(true);
  }

  /** What is wrong with it as a whole; null where nothing is. */
  finish(): TimelineFault | null {
    if (this.#fault === null && this.#piece.length > 0) this.#checkPiece(false);
    return this.#fault;
  }

  #checkPiece(more: boolean): void {
    const input = { conversationId: this.id, entries: this.#piece, more };
    const context = { now: NO_INSTANT_IS_LATER, unfinished: this.#folded, stored: [] };
    try {
      this.#folded = restore(null, input, context).conversation;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#rejectBy(error);
    }
    [this.#piece, this.#lines] = [[], []];
  }

  /** A refusal names the entry by its place in the piece. */
  #rejectBy({ message, details }: Refusal): void {
    const path = String(Object(details?.['faults'])[0]?.path ?? '');
    const { index, field } = /^entries\[(?<index>\d+)\]\.(?<field>.+)$/.exec(path)?.groups ?? {};
    const line = this.#lines[Number(index ?? this.#lines.length - 1)] ?? 0;
    this.reject(line, field === undefined ? message : `${field}: ${message}`);
  }
}
