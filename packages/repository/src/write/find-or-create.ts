import { Refusal } from '@baton/domain';
import {
  type Conversation,
  type CreateConversation,
  type FoundOrCreated,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { before } from '../connection/before.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { findActive } from '../read/conversation.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { isDuplicate, rethrowUnavailable } from './commit-error.ts';
import type { ConversationHistory } from './history.ts';
import { commandHash, firstResultOfKey } from './replay.ts';
import type { Caller, Submit } from './submit-command.ts';

const PROCEDURE = 'conversations.findOrCreate';

/** A conversation may be created and closed between two attempts. */
const MAX_ATTEMPTS = 10;

/**
 * The contact's active conversation on the channel, made where there is none; two at once give one.
 * @param deadline of all its rounds together, on the process's own clock
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNKNOWN_AGENT, UNAVAILABLE, ALREADY_ACTIVE where it comes and goes too fast
 */
export async function findOrCreate(
  collections: Collections,
  reads: ReadGate,
  history: ConversationHistory,
  submit: Submit,
  caller: Caller,
  input: CreateConversation,
  deadline: number,
): Promise<FoundOrCreated> {
  const find = async () =>
    (await firstAnswer(collections, reads, history, caller, input)) ??
    (await answer(collections, reads, history, submit, caller, input, deadline));
  try {
    return await before(deadline, find());
  } catch (error) {
    return rethrowUnavailable(error);
  }
}

/** What was answered under the same key before; null where nothing was. */
async function firstAnswer(
  collections: Collections,
  reads: ReadGate,
  history: ConversationHistory,
  { tenantId }: Caller,
  input: CreateConversation,
): Promise<FoundOrCreated | null> {
  const { idempotencyKey } = input;
  if (idempotencyKey === undefined) return null;
  const document = await reads.run(tenantId, 'quick', () =>
    collections.idempotency.collection.findOne(byId({ tenantId, key: idempotencyKey }), {
      maxTimeMS: READ_TIMEOUT_MS,
    }),
  );
  if (document === null) return null;
  const record = collections.idempotency.decode(document);
  const first = firstResultOfKey(record, commandHash(PROCEDURE, input));
  const { conversation } = await history.outcomeAt(first);
  return { conversation, created: 'created' in record ? (record.created ?? true) : true };
}

async function answer(
  collections: Collections,
  reads: ReadGate,
  history: ConversationHistory,
  submit: Submit,
  caller: Caller,
  input: CreateConversation,
  deadline: number,
): Promise<FoundOrCreated> {
  const { tenantId } = caller;
  const { contactId, channel, idempotencyKey } = input;
  for (let attempt = 1; ; attempt += 1) {
    const found = await reads.run(tenantId, 'quick', () =>
      findActive(collections, tenantId, { contactId, channel }),
    );
    if (found !== null) {
      if (idempotencyKey === undefined) return { conversation: found, created: false };
      const isFirst = await remember(
        collections,
        tenantId,
        idempotencyKey,
        commandHash(PROCEDURE, input),
        found,
      );
      return isFirst
        ? { conversation: found, created: false }
        : findOrCreate(collections, reads, history, submit, caller, input, deadline);
    }
    try {
      const command = { type: 'conversations.create', input } as const;
      const { conversation } = await submit(caller, command, {
        procedure: PROCEDURE,
        created: true,
        deadline,
      });
      return { conversation, created: true };
    } catch (error) {
      // Another call has created it meanwhile, and the next look finds it.
      if (!isAlreadyActive(error) || attempt === MAX_ATTEMPTS || performance.now() > deadline) throw error;
    }
  }
}

function isAlreadyActive(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'ALREADY_ACTIVE';
}

/** Remembers what a keyed call found; false where another call was first. */
async function remember(
  collections: Collections,
  tenantId: TenantId,
  key: string,
  hash: string,
  { id, version }: Conversation,
): Promise<boolean> {
  const record = {
    _id: { tenantId, key },
    hash,
    conversationId: id,
    version,
    created: false,
    at: timestamp(collections.clock.now()),
  };
  try {
    await collections.idempotency.collection.insertOne(collections.idempotency.encode(record));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
