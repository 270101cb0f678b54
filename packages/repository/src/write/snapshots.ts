import { FOLD_VERSION, type Outcome } from '@baton/domain';
import { Conversation, type ConversationId, type TenantId } from '@baton/schema';
import { type BulkWriteOptions, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { erasedAmong } from './erased-among.ts';
import type { TenantWrite } from '../schema/tenant-collection.ts';

/** Entries from one snapshot of a conversation to the next. */
export const SNAPSHOT_INTERVAL = 32;
/** A longer state is kept half as often for each doubling, so that snapshots take at most 512 characters an entry. */
const SMALL_STATE = 16_384;
/** A longer timeline likewise, so that no conversation has more than some thousands of snapshots. */
const LONG_TIMELINE = 131_072;
/** How many are written at once, and how long they gather for that: a command costs more than a snapshot. */
const BATCH_SIZE = 100;
/** A command has at most 16 MB, and a character at most three bytes. */
const BATCH_CHARACTERS = 4_000_000;
const GATHER_MS = 50;
/** Of more that wait to be written the rest is left out: a retry that misses one makes it. */
const MAX_WAITING = 1_000;

const UNORDERED: BulkWriteOptions = { ordered: false, maxTimeMS: WRITE_TIMEOUT_MS };

export type Snapshot = { tenantId: TenantId; conversationId: ConversationId; version: number; state: string };

export type Place = Pick<Snapshot, 'tenantId' | 'conversationId'>;

/** Words stay in the entry that said them, where a redaction blanks them. */
export function stateOf(conversation: Conversation): string {
  const { lastMessage } = conversation;
  return JSON.stringify(
    lastMessage === null ? conversation : { ...conversation, lastMessage: { ...lastMessage, preview: '' } },
  );
}

/** Null for a state of a version that has other fields, or that is no JSON. */
export function conversationOfState(state: string): Conversation | null {
  try {
    return Conversation.parse(JSON.parse(state));
  } catch {
    return null;
  }
}

function doublingsOf(times: number): number {
  return Math.max(0, Math.ceil(Math.log2(times)));
}

/** The snapshot to keep after a command; null after most. */
export function snapshotAfter(
  tenantId: TenantId,
  { conversation, entries }: Pick<Outcome, 'conversation'> & { entries: readonly unknown[] },
): Snapshot | null {
  const { id, version, lastSeq } = conversation;
  const isDue = (interval: number) =>
    Math.floor(lastSeq / interval) > Math.floor((lastSeq - entries.length) / interval);
  if (!isDue(SNAPSHOT_INTERVAL)) return null;
  const state = stateOf(conversation);
  const doublings = doublingsOf(state.length / SMALL_STATE) + doublingsOf(lastSeq / LONG_TIMELINE);
  return isDue(SNAPSHOT_INTERVAL * 2 ** doublings) ? { tenantId, conversationId: id, version, state } : null;
}

/** Reads and writes snapshots; those of another fold, or of a version that has other fields, are passed over. */
export class SnapshotStore {
  readonly #collections: Collections;
  readonly #waiting: Snapshot[] = [];
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  /** The latest state up to a version, with an empty preview; null where none is kept. */
  async nearest({ tenantId, conversationId }: Place, version: number): Promise<Conversation | null> {
    const { snapshots } = this.#collections;
    const document = await snapshots.collection.findOne(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        version: { $lte: version },
        foldVersion: FOLD_VERSION,
      },
      { sort: { version: -1 }, maxTimeMS: READ_TIMEOUT_MS },
    );
    const snapshot = document && snapshots.tryDecode(document);
    return snapshot === null ? null : conversationOfState(snapshot.state);
  }

  /** Writes in the background, with others that come about the same time. */
  add(snapshot: Snapshot): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(snapshot);
    this.#timer ??= setTimeout(() => void this.drain(), GATHER_MS).unref();
  }

  /** Resolves when nothing waits to be written. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#writing ??= this.#writeWaiting();
    await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      // One that is there already, or is missing, costs a retry time and nothing else.
      await this.#insert(this.#waiting.splice(0, this.#nextBatch())).catch(() => undefined);
    }
    this.#writing = null;
  }

  /** How many of those that wait go into one command. */
  #nextBatch(): number {
    let characters = 0;
    const tooMany = this.#waiting.findIndex(({ state }, index) => {
      characters += state.length;
      return index === BATCH_SIZE || (index > 0 && characters > BATCH_CHARACTERS);
    });
    return tooMany === -1 ? this.#waiting.length : tooMany;
  }

  async #insert(snapshots: readonly Snapshot[]): Promise<void> {
    const { db, snapshots: typed } = this.#collections;
    // As a command, because the driver's `insertMany` makes BSON of each document twice.
    const insert = {
      insert: typed.collection.collectionName,
      documents: snapshots.map((snapshot) => typed.encodePart({ ...snapshot, foldVersion: FOLD_VERSION })),
      ordered: false,
      maxTimeMS: WRITE_TIMEOUT_MS,
      writeConcern: { w: 'majority' },
    };
    await db.command(insert);
    await this.#removeErased(snapshots);
  }

  /** A conversation may have been erased since its state was taken. */
  async #removeErased(snapshots: readonly Snapshot[]): Promise<void> {
    const tenantIds = [...new Set(snapshots.map(({ tenantId }) => tenantId))];
    const ids = [...new Set(snapshots.map(({ conversationId }) => conversationId))];
    const erased = await erasedAmong(
      this.#collections,
      tenantIds,
      ids.map((id) => new ObjectId(id)),
    );
    if (erased.length === 0) return;
    const filter = { tenantId: { $in: tenantIds }, conversationId: { $in: erased } };
    await this.#collections.snapshots
      .acrossTenants('late copies')
      .deleteMany(filter, { maxTimeMS: WRITE_TIMEOUT_MS });
  }

  /** Writes them over those that are there, of a version with other fields. */
  async write(snapshots: readonly Snapshot[]): Promise<void> {
    if (snapshots.length === 0) return;
    const { collection, encodePart } = this.#collections.snapshots;
    const writes = snapshots.map((snapshot): TenantWrite => {
      const { tenantId, conversationId, version, ...state } = encodePart({
        ...snapshot,
        foldVersion: FOLD_VERSION,
      });
      return {
        updateOne: { filter: { tenantId, conversationId, version }, update: { $set: state }, upsert: true },
      };
    });
    await collection.bulkWrite(writes, UNORDERED).catch(() => undefined);
    await this.#removeErased(snapshots).catch(() => undefined);
  }
}
