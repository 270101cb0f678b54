import { evolve, type Outcome, previewOfMessage, Refusal } from '@baton/domain';
import type { Conversation, Entry, KnownEntry } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { conversationOf, readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { StaleRead } from './commit-error.ts';
import { type Place, type Snapshot, SNAPSHOT_INTERVAL, snapshotAfter, SnapshotStore } from './snapshots.ts';

/** Where no snapshot is missing, the latest one stands fewer entries before the end of any command. */
const NEAR = 2 * SNAPSHOT_INTERVAL;
/** Most messages cancel fewer follow-ups; where one cancels more, its entries are read again. */
const BEYOND_MESSAGES = SNAPSHOT_INTERVAL;
/** How many entries are folded at once where snapshots are missing, so that others have their turn between. */
const FAR = 500;

/** Where the first result of a command stands in the timeline. */
export type FirstResult = Place & {
  version: number;
  /** The places of its first and its last message, where they are known. */
  messages?: { first: number; last: number };
};

/** The entries after a place and up to another, of versions up to the one that is looked for. */
type Stretch = { after: number; upTo: number; documents: Document[] };

/**
 * What commands answered: the fold of the timeline up to the version that each made. It begins at the latest
 * snapshot before, so it costs the same however long the conversation is; where snapshots are missing, as after a server
 * that writes none, it makes them on the way.
 */
export class ConversationHistory {
  readonly snapshots: SnapshotStore;
  readonly #collections: Collections;
  readonly #reads: ReadGate;
  /** The latest of the long folds that wait for each other, by conversation. */
  readonly #folds = new Map<string, Promise<unknown>>();

  constructor(collections: Collections, reads: ReadGate) {
    this.#collections = collections;
    this.#reads = reads;
    this.snapshots = new SnapshotStore(collections);
  }

  /**
   * The first result of a command. Where the fold needs an entry that cannot be read, the conversation is as it is by now.
   * @param present the conversation as it may stand now: of that very version it saves a look
   * @throws StaleRead where most servers do not have that version yet: a failover could still take it back
   * @throws Refusal UNREADABLE where an entry of the command itself cannot be read
   */
  async outcomeAt(first: FirstResult, present?: Conversation): Promise<Outcome> {
    const { tenantId } = first;
    const near = () => this.#reads.run(tenantId, 'quick', () => this.#foldNear(first, present));
    const far = () => this.#reads.run(tenantId, 'slow', () => this.#foldFar(first));
    return (
      (await near()) ?? this.#inTurn(first, async (hasWaited) => (hasWaited ? await near() : null) ?? far())
    );
  }

  /** Retries that come together need one long fold, and find its snapshots. */
  async #inTurn<Result>(
    { tenantId, conversationId }: Place,
    work: (hasWaited: boolean) => Promise<Result>,
  ): Promise<Result> {
    const key = `${tenantId}/${conversationId}`;
    const before = this.#folds.get(key);
    const turn = (async () => {
      await before?.catch(() => undefined);
      return work(before !== undefined);
    })();
    this.#folds.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#folds.get(key) === turn) this.#folds.delete(key);
    }
  }

  /** Null where the version is far from the latest snapshot before it. */
  async #foldNear(first: FirstResult, present?: Conversation): Promise<Outcome | null> {
    const { version, messages } = first;
    const [base, early] = await Promise.all([
      present?.version === version ? present : this.snapshots.nearest(first, version),
      messages && this.#find(first, messages.first - NEAR, messages.last + BEYOND_MESSAGES),
    ]);
    const isExact = base?.version === version;
    const after = (base?.lastSeq ?? 0) - (isExact ? SNAPSHOT_INTERVAL : 0);
    const isCovered = early !== undefined && early.after <= after;
    const stretch = isCovered ? early : await this.#find(first, withLastMessage(base, after), after + NEAR);
    if (isExact) return this.#outcomeOf(first, base, stretch);
    const fold = new Fold(first, base);
    fold.add(this.#entriesOf(stretch.documents, ({ seq }) => seq > after));
    if (fold.isBroken || fold.lastSeq >= stretch.upTo) return null;
    await this.snapshots.write(fold.takeSnapshots(true));
    return this.#withPreview(first, fold.outcome(), base, stretch);
  }

  async #foldFar(first: FirstResult): Promise<Outcome> {
    const base = await this.snapshots.nearest(first, first.version);
    const fold = new Fold(first, base);
    for (let after = fold.lastSeq; ; after += FAR) {
      const stretch = await this.#find(first, after, after + FAR);
      fold.add(this.#entriesOf(stretch.documents));
      // Of a broken one a stretch may have less than all of its entries.
      const isEnd = fold.isBroken ? stretch.documents.length === 0 : fold.lastSeq < stretch.upTo;
      await this.snapshots.write(fold.takeSnapshots(isEnd));
      if (!isEnd) continue;
      if (!fold.isBroken) return this.#withPreview(first, fold.outcome(), base, stretch);
      return { conversation: await this.#current(first), entries: fold.ownEntries() };
    }
  }

  async #current({ tenantId, conversationId }: Place): Promise<Conversation> {
    const { conversations } = this.#collections;
    const document = await conversations.collection.findOne(
      { _id: new ObjectId(conversationId), tenantId },
      { maxTimeMS: READ_TIMEOUT_MS },
    );
    if (document === null) throw notSafeYet();
    return conversationOf(conversations.decode(document));
  }

  /** The entries of a command after which the conversation is known, some of them in the stretch. */
  async #outcomeOf(first: FirstResult, conversation: Conversation, early: Stretch): Promise<Outcome> {
    const { lastSeq, version } = conversation;
    for (let stretch = early; ;) {
      const made = this.#entriesOf(stretch.documents, (document) => document['version'] === version);
      const [oldest] = made;
      if (oldest === undefined) throw notSafeYet();
      if (oldest === null || stretch.after <= 0 || oldest.seq > stretch.after + 1) {
        const entries = made.map((entry) => requireReadable(entry, first));
        return this.#withPreview(first, { conversation, entries }, conversation, stretch);
      }
      // It may have begun before.
      stretch = await this.#find(first, lastSeq - 16 * (lastSeq - stretch.after), lastSeq);
    }
  }

  /**
   * A state that was kept has no preview, or one whose words may have been redacted since: it is made of the entry as it
   * stands, unless another message was said after that state.
   */
  async #withPreview(
    first: FirstResult,
    outcome: Outcome,
    kept: Conversation | null,
    { documents }: Stretch,
  ): Promise<Outcome> {
    const { conversation, entries } = outcome;
    const { lastMessage } = conversation;
    if (lastMessage === null || lastMessage.seq !== kept?.lastMessage?.seq) return outcome;
    const { seq } = lastMessage;
    const at = async (place: number) => {
      const isThere = documents.some((document) => document['seq'] === place);
      const found = isThere ? documents : (await this.#find(first, place - 1, place)).documents;
      return found.find((document) => document['seq'] === place);
    };
    const message = await at(seq);
    // The latest edit by then.
    const revisionSeqs: number[] = message?.['revisionSeqs'] ?? [];
    const revised = revisionSeqs.findLast((edit) => edit <= conversation.lastSeq);
    const document = revised === undefined ? message : await at(revised);
    const [said] = document === undefined ? [] : this.#entriesOf([document], () => true);
    const preview = said?.kind === 'message' || said?.kind === 'revision' ? previewOfMessage(said) : '';
    return { conversation: { ...conversation, lastMessage: { ...lastMessage, preview } }, entries };
  }

  async #find(
    { tenantId, conversationId, version }: FirstResult,
    after: number,
    upTo: number,
  ): Promise<Stretch> {
    const limit = upTo - after;
    const seq = { $gt: after, $lte: upTo };
    const documents = await this.#collections.timeline.collection
      .find(
        { tenantId, conversationId: new ObjectId(conversationId), seq, version: { $lte: version } },
        { maxTimeMS: READ_TIMEOUT_MS, limit, batchSize: limit + 1, hint: 'by_seq' },
      )
      .sort({ seq: 1 })
      .toArray();
    return { after, upTo, documents };
  }

  /** Null for one whose place cannot be read either. */
  #entriesOf(
    documents: readonly Document[],
    isWanted: (document: Document) => boolean = () => true,
  ): (Entry | null)[] {
    return documents.filter(isWanted).map((document) => readEntry(this.#collections, document));
  }
}

/** What one command made, while its entries are being folded. */
type Group = { conversation: Conversation; entries: KnownEntry[] };

/**
 * A fold in steps, command by command, up to a version. Once an entry is missing that cannot be read, it only looks for
 * what the version made.
 */
class Fold {
  readonly #first: FirstResult;
  readonly #base: Conversation | null;
  readonly #own: KnownEntry[] = [];
  readonly #snapshots: Snapshot[] = [];
  #last: Group | null = null;
  #isBroken = false;

  constructor(first: FirstResult, base: Conversation | null) {
    this.#first = first;
    this.#base = base;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  get lastSeq(): number {
    return (this.#last?.conversation ?? this.#base)?.lastSeq ?? 0;
  }

  /** @throws Refusal UNREADABLE where an entry of the command itself cannot be read */
  add(entries: readonly (Entry | null)[]): void {
    for (const entry of entries) {
      if (entry === null || entry.kind === 'unknown') {
        if (entry?.version === this.#first.version) throw unreadable(this.#first);
        this.#isBroken = true;
        continue;
      }
      if (entry.version === this.#first.version) this.#own.push(entry);
      // One whose version cannot be read is not found.
      this.#isBroken ||= entry.seq !== this.lastSeq + 1;
      if (!this.#isBroken) this.#fold(entry);
    }
  }

  #fold(entry: KnownEntry): void {
    const before = this.#last;
    const conversation = evolve(before?.conversation ?? this.#base, entry);
    const isSameCommand = before?.conversation.version === conversation.version;
    if (before !== null && !isSameCommand) this.#keep(before);
    const entries = isSameCommand ? before.entries : [];
    entries.push(entry);
    this.#last = { conversation, entries };
  }

  /** What is due after the commands that were folded; at the end also after the last one. */
  takeSnapshots(isEnd: boolean): Snapshot[] {
    if (isEnd && !this.#isBroken && this.#last !== null) this.#keep(this.#last);
    return this.#snapshots.splice(0);
  }

  /** @throws StaleRead where the fold does not reach the version */
  outcome(): Outcome {
    if (this.#last?.conversation.version !== this.#first.version) throw notSafeYet();
    return { conversation: this.#last.conversation, entries: this.#own };
  }

  /** @throws StaleRead where there are none */
  ownEntries(): KnownEntry[] {
    if (this.#own.length === 0) throw notSafeYet();
    return this.#own;
  }

  #keep(group: Group): void {
    const snapshot = snapshotAfter(this.#first.tenantId, group);
    if (snapshot !== null) this.#snapshots.push(snapshot);
  }
}

/** Where to begin so that the message of the preview comes along, unless it stands far before. */
function withLastMessage(base: Conversation | null, after: number): number {
  const said = base?.lastMessage?.seq ?? after;
  return said > after - SNAPSHOT_INTERVAL ? Math.min(after, said - 1) : after;
}

function requireReadable(entry: Entry | null, first: FirstResult): KnownEntry {
  if (entry === null || entry.kind === 'unknown') throw unreadable(first);
  return entry;
}

const unreadable = ({ conversationId }: FirstResult) =>
  new Refusal('UNREADABLE', 'What this command made cannot be read by this version', { conversationId });

const notSafeYet = () => new StaleRead('The first result is not safe yet');
