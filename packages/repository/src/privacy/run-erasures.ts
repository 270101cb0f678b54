import { type Actor, type ConversationId, type ErasureId, type TenantId, timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { LeaseLost, unlessHeld, withLease } from '../maintenance/leases.ts';
import { idsOfPerson } from '../read/merged-contacts.ts';
import type { Collections } from '../schema/open-collections.ts';
import { conversationIdsOf, countOfContact } from './contact-conversations.ts';
import type { ErasureRecord } from './erase-contact.ts';
import { blankContacts, deleteContacts } from './delete-contacts.ts';
import { copiesDueAt } from './late-copies.ts';
import { type Eraser, markErased, removeWords } from './erase-conversation.ts';
import { isOfOne, throwFaults } from './throw-faults.ts';
import { forgetNextKeys } from './key-conversation.ts';

/** How long a process that died in the middle keeps others from going on, in milliseconds. */
const LEASE_MS = 10_000;
/** How many conversations are marked before it is looked for more. */
const STEP = 50;
const KEYS_STEP = 1_000;
/** How many erasures go on side by side. */
const RUN_TOGETHER = 8;

type Which = {
  tenantId?: TenantId;
  /** Of one of them; all without it. */
  id?: ErasureId;
  /** Ends the run after the step that is under way. */
  signal?: AbortSignal | undefined;
};

/**
 * Goes on with erasures that were begun, each by one process at a time, until they are done or the time is over. Each
 * has taken at least one step then, and the next run goes on from there.
 * @param forMs how long a new step may begin
 * @returns how many came to their end
 * @throws what went wrong with one, once it has gone on with the others; of several an AggregateError
 */
export async function runErasures(
  eraser: Eraser,
  forMs: number,
  { signal: stop, ...which }: Which = {},
): Promise<number> {
  const { collections } = eraser;
  const deadline = performance.now() + forMs;
  const ids = await nextErasures(collections, which);
  const outcomes = await Promise.allSettled(
    ids.map((id) => {
      const erase = withLease(
        collections.db,
        `erasure/${id.toHexString()}`,
        { leaseMs: LEASE_MS },
        async (lost) => {
          const record = await beginTurn(collections, id);
          if (record === null) return true;
          return eraseContact({
            eraser,
            record,
            faults: [],
            hasAdvanced: false,
            isOver() {
              if (lost.aborted || stop?.aborted === true) return true;
              return this.hasAdvanced && performance.now() > deadline;
            },
          });
        },
      );
      return unlessHeld(erase, false);
    }),
  );
  throwFaults(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])));
  return outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length;
}

/** Those whose last turn is the longest ago, of each tenant the first before of any the second. */
async function nextErasures(
  { erasures }: Collections,
  { tenantId, id }: Pick<Which, 'tenantId' | 'id'>,
): Promise<ObjectId[]> {
  const running = { contactId: { $exists: true } };
  const documents = await erasures
    .acrossTenants('due work')
    .aggregate(
      [
        { $match: { ...running, ...(tenantId && { tenantId }), ...(id && { _id: new ObjectId(id) }) } },
        { $project: { tenantId: 1, turn: { $ifNull: ['$triedAt', '$startedAt'] } } },
        {
          $setWindowFields: {
            partitionBy: '$tenantId',
            sortBy: { turn: 1 },
            output: { place: { $documentNumber: {} } },
          },
        },
        { $sort: { place: 1, turn: 1 } },
        { $limit: RUN_TOGETHER },
      ],
      { hint: 'running', maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  return documents.map(({ _id }) => _id);
}

/** Notes that it is this erasure's turn; null where it is done. */
async function beginTurn({ erasures, clock }: Collections, id: ObjectId): Promise<ErasureRecord | null> {
  const document = await erasures.acrossTenants('due work').findOneAndUpdate(
    { _id: id, contactId: { $exists: true } },
    { $set: { triedAt: new Date(timestamp(clock.now())) } },
    // A record that is damaged has its turn, too, and the others theirs.
    { returnDocument: 'after', bypassDocumentValidation: true, maxTimeMS: WRITE_TIMEOUT_MS },
  );
  return document === null ? null : erasures.decode(document);
}

/** One turn of an erasure. */
type Turn = {
  eraser: Eraser;
  record: ErasureRecord;
  /** What went wrong with single conversations; the others' turn comes all the same. */
  faults: unknown[];
  /** Whether a step is done and noted: without one, every turn could end at the same place. */
  hasAdvanced: boolean;
  isOver: () => boolean;
};

type Progress = Pick<ErasureRecord, 'wordsThrough' | 'keysThrough' | 'isIncomplete'>;

/**
 * Notes how far it has come.
 * @throws LeaseLost where another process has taken its turn since
 */
async function note(turn: Turn, progress: Progress): Promise<void> {
  const { wordsThrough, keysThrough, isIncomplete } = { ...turn.record, ...progress };
  const wanted = Object.entries({
    wordsThrough: wordsThrough && new ObjectId(wordsThrough),
    keysThrough,
    isIncomplete,
  });
  const pick = (isSet: boolean) => wanted.filter(([, value]) => (value !== undefined) === isSet);
  const $unset = Object.fromEntries(pick(false).map(([field]) => [field, '']));
  await updateRecord(turn, { $set: Object.fromEntries(pick(true)), $unset });
  turn.record = { ...turn.record, ...progress };
}

async function updateRecord({ eraser, record }: Turn, update: Document): Promise<void> {
  const { _id, tenantId, triedAt } = record;
  const { matchedCount } = await eraser.collections.erasures.collection.updateOne(
    { _id: new ObjectId(_id), tenantId, triedAt: triedAt && new Date(triedAt) },
    update,
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
  if (matchedCount === 0) throw new LeaseLost(`erasure/${_id}`);
}

const NOTHING_YET: Progress = { wordsThrough: undefined, keysThrough: undefined, isIncomplete: undefined };

/**
 * Erases a contact, from whatever it had come to.
 * @returns whether it is done
 */
async function eraseContact(turn: Turn): Promise<boolean> {
  const { eraser, record, faults } = turn;
  const { collections } = eraser;
  const { tenantId, contactId, pseudonym } = record;
  if (contactId === undefined) return true;
  const contactIds = await idsOfPerson(collections, tenantId, contactId);
  await blankContacts(collections, tenantId, contactIds);
  let isDone = await markAll(turn, contactIds);
  if (isDone) {
    // What other processes still write of them, they look at again themselves.
    await eraser.drain();
    const erased = (await conversationIdsOf(collections, tenantId, pseudonym)).toSorted();
    isDone = (await removeAllWords(turn, erased)) && (await forgetKeys(turn, new Set(erased)));
  }
  if (isDone && turn.record.isIncomplete) await note(turn, NOTHING_YET);
  else if (isDone && faults.length === 0) {
    await finish(turn);
    return true;
  }
  throwFaults(faults);
  return false;
}

/**
 * Marks every conversation of the contact, and deletes the contact where none is left.
 * @returns false where the time was over before
 */
async function markAll(turn: Turn, contactIds: readonly string[]): Promise<boolean> {
  const { eraser, record } = turn;
  const { tenantId, pseudonym, by } = record;
  const { collections } = eraser;
  const actor: Actor = by.agentId === null ? { kind: 'system' } : { kind: 'agent', agentId: by.agentId };
  const faulty: ConversationId[] = [];
  for (;;) {
    const ids = await conversationIdsOf(collections, tenantId, contactIds, { limit: STEP, except: faulty });
    for (const conversationId of ids) {
      if (turn.isOver()) return false;
      // Its words and keys may stand before where the others' have been looked for.
      if (turn.record.wordsThrough !== undefined) await note(turn, NOTHING_YET);
      const mark = markErased(eraser, { tenantId, conversationId }, pseudonym, actor);
      if (await succeeds(turn, mark)) turn.hasAdvanced = true;
      else faulty.push(conversationId);
    }
    if (ids.length > 0) continue;
    // What is written for the contact meanwhile is found here, or not committed before the contact is gone.
    if (faulty.length > 0 || (await deleteContacts(collections, tenantId, contactIds))) return true;
  }
}

/**
 * False where it went wrong with this conversation alone, which is kept in `faults`.
 * @throws anything else
 */
async function succeeds({ faults }: Turn, step: Promise<void>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (!isOfOne(error)) throw error;
    faults.push(error);
    return false;
  }
}

/** @returns false where the time was over before */
async function removeAllWords(turn: Turn, erased: readonly ConversationId[]): Promise<boolean> {
  const { tenantId } = turn.record;
  for (const conversationId of erased) {
    const { wordsThrough } = turn.record;
    if (wordsThrough !== undefined && conversationId <= wordsThrough) continue;
    if (turn.isOver()) return false;
    const isRemoved = await succeeds(
      turn,
      removeWords(turn.eraser.collections, { tenantId, conversationId }),
    );
    await note(turn, { wordsThrough: conversationId, ...(!isRemoved && { isIncomplete: true as const }) });
    turn.hasAdvanced = true;
  }
  return true;
}

/**
 * Forgets under which keys commands of conversations were sent.
 * @returns false where the time was over before
 */
async function forgetKeys(turn: Turn, conversations: ReadonlySet<ConversationId>): Promise<boolean> {
  if (conversations.size === 0) return true;
  const { tenantId } = turn.record;
  for (;;) {
    if (turn.isOver()) return false;
    const page = { after: turn.record.keysThrough, limit: KEYS_STEP };
    const last = await forgetNextKeys(turn.eraser.collections, tenantId, page, async () => conversations);
    if (last === null) return true;
    await note(turn, { keysThrough: last });
    turn.hasAdvanced = true;
  }
}

/** The contact's key leaves the record last: with it goes the only place from which the erasure could go on. */
async function finish(turn: Turn): Promise<void> {
  const { collections } = turn.eraser;
  const { tenantId, pseudonym, counts } = turn.record;
  const { contacts, refusedMessages } = counts;
  const erased = await countOfContact(collections, tenantId, pseudonym);
  await updateRecord(turn, {
    $set: {
      counts: { ...erased, contacts, refusedMessages },
      finishedAt: new Date(timestamp(collections.clock.now())),
      copiesDueAt: copiesDueAt(collections),
    },
    $unset: { contactId: '', wordsThrough: '', keysThrough: '', isIncomplete: '', triedAt: '' },
  });
}
