import { Refusal } from '@baton/domain';
import { ConversationId, timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { appendAudit } from '../audit/append.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { erasedAmong } from '../write/erased-among.ts';
import { deleteContacts } from './delete-contacts.ts';
import { markErased, removeCopies, removeWords } from './erase-conversation.ts';
import { settledAt } from './late-copies.ts';
import {
  FIRST_PLACE,
  isPast,
  type ListPlace,
  placeBehind,
  readClosed,
  readQuietContacts,
} from './past-limit.ts';
import { newPseudonym } from './pseudonym.ts';
import { errorOf, lostTurn, ofTurn, type RunRecord, save, type Turn } from './retention-turn.ts';
import { forgetNextKeys } from './key-conversation.ts';
import { isOfOne } from './throw-faults.ts';

/** How many conversations are erased in a step. */
const IN_HAND = 20;
/** How many documents a step looks at. */
const LOOKED_AT = 500;

/**
 * Takes the next step of a run. It may be killed anywhere, and be taken again.
 * @returns when the next one may be taken; null for at once
 */
export async function takeStep(turn: Turn, run: RunRecord): Promise<string | null> {
  if (run.inHand.length > 0) await eraseInHand(turn, run);
  else if (run.phase === 'conversations') await takeInHand(turn, run);
  else if (run.phase === 'contacts') await eraseContacts(turn, run);
  else if (run.phase === 'keys') await forgetKeys(turn, run);
  else {
    const { clock } = turn.eraser.collections;
    if (run.settledAt !== null && Date.parse(run.settledAt) > clock.now()) return run.settledAt;
    await removeAllCopies(turn, run);
  }
  return null;
}

/** Whether the limit is still the one that the run began with. */
function isCurrent({ record: { days, changedAt } }: Turn, { startedAt }: RunRecord): boolean {
  return days !== null && changedAt <= startedAt;
}

const placeOf = ({ place: { list, last } }: RunRecord): ListPlace => ({
  list,
  last: last && { updatedAt: new Date(last.updatedAt), id: new ObjectId(last.id) },
});

const placeAt = ({ list, last }: ListPlace): RunRecord['place'] => ({
  list,
  last: last && {
    updatedAt: timestamp(last.updatedAt.getTime()),
    id: ConversationId.parse(last.id.toHexString()),
  },
});

/** Looks for the next conversations that are past the limit, and notes them before it begins. */
async function takeInHand(turn: Turn, run: RunRecord): Promise<void> {
  const { collections } = turn.eraser;
  if (!isCurrent(turn, run)) {
    await save(turn, { ...run, phase: 'keys' });
    return;
  }
  const to = new Date(run.before);
  const chosen: Document[] = [];
  let looked = 0;
  let place: ListPlace | null = placeOf(run);
  while (place !== null && looked < LOOKED_AT && chosen.length < IN_HAND) {
    const { found, next } = await readClosed(collections, turn.tenantId, { to }, place, LOOKED_AT - looked);
    looked += found.length;
    const past = found.filter((one) => isPast(one, to));
    const taken = past.slice(0, IN_HAND - chosen.length);
    const last = taken.at(-1);
    chosen.push(...taken);
    place = past.length > taken.length && last !== undefined ? placeBehind(place.list, last) : next;
  }
  const pseudonyms = new Map(chosen.map(({ contactId }) => [contactId, newPseudonym()]));
  const inHand = chosen.map(({ _id, version, contactId }) => ({
    conversationId: ConversationId.parse(_id.toHexString()),
    version,
    pseudonym: pseudonyms.get(contactId) ?? newPseudonym(),
  }));
  await save(turn, {
    ...run,
    inHand,
    place: placeAt(place ?? FIRST_PLACE),
    phase: place === null ? 'contacts' : 'conversations',
  });
}

type InHand = RunRecord['inHand'][number];

/** Erases the conversations in hand. One that was changed since it was found is left as it is. */
async function eraseInHand(turn: Turn, run: RunRecord): Promise<void> {
  const { eraser, tenantId } = turn;
  const { collections } = eraser;
  let { failed, lastError } = run;
  const fault = ({ conversationId }: InHand, error: unknown) => {
    if (!isOfOne(error)) throw error;
    failed += 1;
    lastError = errorOf(collections, error, conversationId);
  };
  await Promise.all(
    run.inHand.map(async (one) => {
      const { conversationId, pseudonym, version } = one;
      const mark = markErased(eraser, { tenantId, conversationId }, pseudonym, { kind: 'system' }, version);
      await mark.catch((error: unknown) => {
        const isGone = error instanceof Refusal && ['VERSION_CONFLICT', 'NOT_FOUND'].includes(error.code);
        if (!isGone) fault(one, error);
      });
    }),
  );
  // What other processes still write of them, they look at again themselves.
  await eraser.drain();
  const marked = await readMarked(turn, run.inHand);
  const unfinished = [...run.unfinished];
  let erased = 0;
  for (const one of marked) {
    const place = { tenantId, conversationId: one.conversationId };
    const isDone = await removeWords(collections, place).then(
      () => true,
      (error: unknown) => (fault(one, error), false),
    );
    if (isDone) erased += 1;
    else unfinished.push(one);
  }
  await save(turn, {
    ...run,
    inHand: [],
    unfinished,
    conversations: run.conversations + erased,
    failed,
    lastError,
  });
  turn.erased += erased;
}

/** Those that this run has marked: under the key that it has given them. */
async function readMarked({ eraser, tenantId }: Turn, inHand: readonly InHand[]): Promise<InHand[]> {
  const ids = inHand.map(({ conversationId }) => new ObjectId(conversationId));
  const documents = await eraser.collections.conversations.collection
    .find(
      { _id: { $in: ids }, tenantId, erasedAt: { $exists: true } },
      { projection: { contactId: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const keys = new Map(documents.map(({ _id, contactId }) => [_id.toHexString(), contactId]));
  return inHand.filter(({ conversationId, pseudonym }) => keys.get(conversationId) === pseudonym);
}

/** Where this process has come to in a phase of a run. */
function placeInMemory({ places, tenantId }: Turn, { startedAt, phase }: RunRecord): string | undefined {
  const place = places.get(tenantId);
  return place?.of === `${startedAt}/${phase}` ? place.after : undefined;
}

async function goOnAfter(turn: Turn, run: RunRecord, after: string | null, end: RunRecord): Promise<void> {
  const { places, tenantId } = turn;
  if (after !== null) {
    places.set(tenantId, { of: `${run.startedAt}/${run.phase}`, after });
    return;
  }
  places.delete(tenantId);
  await save(turn, end);
}

/** Deletes the contacts of whom nothing but what is past the limit was left. */
async function eraseContacts(turn: Turn, run: RunRecord): Promise<void> {
  const { eraser, tenantId } = turn;
  const { collections } = eraser;
  const end: RunRecord = { ...run, phase: 'keys' };
  if (!isCurrent(turn, run)) {
    await goOnAfter(turn, run, null, end);
    return;
  }
  const before = new Date(run.before);
  const after = placeInMemory(turn, run);
  const { quiet, next } = await readQuietContacts(collections, tenantId, before, after, LOOKED_AT);
  let { contacts } = run;
  for (const contactId of quiet) {
    const isDeleted = await deleteContacts(collections, tenantId, [contactId], {
      only: { updatedAt: { $lt: before } },
      // Counted in the same transaction, so that none is counted twice or not at all.
      alongside: async (session) => {
        const { retention } = collections;
        const update = { $inc: { 'run.contacts': 1 } };
        const { matchedCount } = await retention.collection.updateOne(ofTurn(turn), update, { session });
        if (matchedCount === 0) throw lostTurn(turn);
      },
    });
    if (isDeleted) contacts += 1;
  }
  turn.erased += contacts - run.contacts;
  if (turn.record.run !== null) turn.record = { ...turn.record, run: { ...run, contacts } };
  await goOnAfter(turn, run, next, { ...end, contacts });
}

/** Forgets under which keys commands of conversations that are erased were sent: a key may say who it was about. */
async function forgetKeys(turn: Turn, run: RunRecord): Promise<void> {
  const { eraser, tenantId } = turn;
  const { collections } = eraser;
  if (run.conversations === 0) {
    await finish(turn, run);
    return;
  }
  const after = placeInMemory(turn, run);
  const last = await forgetNextKeys(collections, tenantId, { after, limit: LOOKED_AT }, async (ids) => {
    const erased = await erasedAmong(collections, [tenantId], ids);
    return new Set(erased.map(String));
  });
  const place = placeAt(FIRST_PLACE);
  await goOnAfter(turn, run, last, { ...run, phase: 'copies', place, settledAt: settledAt(collections) });
}

/** Deletes once more what others may have written of erased conversations while their words went. */
async function removeAllCopies(turn: Turn, run: RunRecord): Promise<void> {
  const { eraser, tenantId } = turn;
  const { collections } = eraser;
  const period = { from: new Date(run.startedAt), to: new Date(collections.clock.now()) };
  let looked = 0;
  let place: ListPlace | null = placeOf(run);
  while (place !== null && looked < LOOKED_AT) {
    const { found, next } = await readClosed(collections, tenantId, period, place, LOOKED_AT - looked);
    looked += found.length;
    for (const { _id, erasedAt } of found) {
      if (erasedAt == null) continue;
      const conversationId = ConversationId.parse(_id.toHexString());
      await removeCopies(collections, { tenantId, conversationId }).catch((error: unknown) => {
        // Where its erasure cannot be read it is unfinished, and the next run turns to it.
        if (!isOfOne(error)) throw error;
      });
    }
    place = next;
  }
  if (place === null) await finish(turn, run);
  else await save(turn, { ...run, place: placeAt(place) });
}

/** Ends the run, and puts into the audit log what it has erased. */
async function finish(turn: Turn, run: RunRecord): Promise<void> {
  const { eraser, tenantId, record } = turn;
  const { collections } = eraser;
  const { retention, clock, db } = collections;
  const ended: RunRecord = { ...run, finishedAt: timestamp(clock.now()), inHand: [] };
  const { startedAt, before, conversations, contacts, failed } = run;
  await inTransaction(db.client, async (session) => {
    const update = { $set: retention.encodePart({ run: ended }) };
    const { matchedCount } = await retention.collection.updateOne(ofTurn(turn), update, { session });
    if (matchedCount === 0) throw lostTurn(turn);
    if (conversations + contacts === 0) return;
    const details = { startedAt, before, conversations, contacts, failed };
    // In the name of whoever set the limit: nobody else has asked for it.
    const event = { tenantId, action: 'privacy.runRetention', by: record.changedBy, details } as const;
    await appendAudit(collections, event, session);
  });
  turn.record = { ...record, run: ended };
}
