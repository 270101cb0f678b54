import { createHash } from 'node:crypto';
import { type Outcome, Refusal } from '@baton/domain';
import {
  type AppendMessage,
  type ContactId,
  type Conversation,
  type CreateConversation,
  DEFAULT_MESSAGE_ID,
  type FindOrCreateConversation,
  type FoundOrCreated,
  type InitialMessage,
  type KnownEntry,
  type MessageEntry,
  timestamp,
} from '@baton/schema';
import { newObjectId } from '../clock/clock.ts';
import { before } from '../connection/before.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { findActive } from '../read/conversation.ts';
import { presentContactId } from '../read/merged-contacts.ts';
import { findReturning, type Returning } from '../read/returning-contact.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { rethrowUnavailable } from './commit-error.ts';
import type { ConversationHistory } from './history.ts';
import { commandHash, firstResultOfKey } from './replay.ts';
import type { Caller, RememberedKey, Submit } from './submit-command.ts';

const PROCEDURE = 'conversations.findOrCreate';

/** A conversation may be created and closed between two attempts. */
const MAX_ATTEMPTS = 10;

export type FindOrCreateOptions = {
  collections: Collections;
  reads: ReadGate;
  history: ConversationHistory;
  submit: Submit;
  /** Of all its rounds together, on the process's own clock. */
  deadline: number;
};

/**
 * The contact's active conversation on the channel. Where there is none, a paused one comes back, or one that has just
 * closed, by the tenant's setting; else one is made. Two at once give one conversation, which holds the first message of both. The entry is that of the caller's own first message.
 * @throws Refusal IDEMPOTENCY_MISMATCH, UNKNOWN_AGENT, NOT_OWNER, AGENT_FULL, AGENT_UNAVAILABLE, UNAVAILABLE
 * @throws Refusal ALREADY_ACTIVE, CONVERSATION_CLOSED where it comes and goes too fast
 */
export async function findOrCreate(
  options: FindOrCreateOptions,
  caller: Caller,
  input: FindOrCreateConversation,
): Promise<FoundOrCreated> {
  const call = new Call(options, caller, input);
  const find = async () => (await call.firstAnswer()) ?? call.answer();
  try {
    return await before(options.deadline, find());
  } catch (error) {
    return rethrowUnavailable(error);
  }
}

class Call {
  readonly #options: FindOrCreateOptions;
  readonly #caller: Caller;
  readonly #input: FindOrCreateConversation;
  /** The same as a create says it: its first message has an id. */
  readonly #create: CreateConversation;
  readonly #hash: string;
  /** The id of the first message where the conversation is there already. */
  readonly #messageId: string;

  constructor(options: FindOrCreateOptions, caller: Caller, input: FindOrCreateConversation) {
    const { initialMessage: first, ...rest } = input;
    this.#options = options;
    this.#caller = caller;
    this.#input = input;
    this.#create =
      first === undefined
        ? rest
        : { ...rest, initialMessage: { clientMessageId: DEFAULT_MESSAGE_ID, ...first } };
    this.#hash = commandHash(PROCEDURE, this.#create);
    this.#messageId = first?.clientMessageId ?? this.#newMessageId();
  }

  /** The same for the same key; without one each call says its message anew. */
  #newMessageId(): string {
    const { idempotencyKey } = this.#input;
    const name =
      idempotencyKey === undefined
        ? newObjectId(this.#options.collections.clock).toHexString()
        : createHash('sha256').update(idempotencyKey).digest('base64url');
    return `${DEFAULT_MESSAGE_ID}-${name}`;
  }

  get #key(): RememberedKey | null {
    const { idempotencyKey } = this.#input;
    return idempotencyKey === undefined ? null : { idempotencyKey, hash: this.#hash };
  }

  /** What was answered under the same key before; null where nothing was. */
  async firstAnswer(): Promise<FoundOrCreated | null> {
    const { collections, reads, history } = this.#options;
    const { tenantId } = this.#caller;
    const key = this.#key;
    if (key === null) return null;
    const document = await reads.run(tenantId, 'quick', () =>
      collections.idempotency.collection.findOne(byId({ tenantId, key: key.idempotencyKey }), {
        maxTimeMS: READ_TIMEOUT_MS,
      }),
    );
    if (document === null) return null;
    const record = collections.idempotency.decode(document);
    const outcome = await history.outcomeAt(firstResultOfKey(record, key.hash));
    return this.#answerOf(outcome, 'created' in record ? (record.created ?? true) : true);
  }

  async answer(): Promise<FoundOrCreated> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const found = await this.#find();
        if (found === null) return await this.#createNew();
        return await ('conversationId' in found ? this.#continue(found) : this.#answerFound(found));
      } catch (error) {
        // Another call has created or closed it meanwhile: the next look finds it, or none.
        const isLate = performance.now() > this.#options.deadline;
        if (!isOvertaken(error) || attempt === MAX_ATTEMPTS || isLate) throw error;
      }
    }
  }

  /** What goes on, or comes back, for whoever the contact is by now. */
  async #find(): Promise<Conversation | Returning | null> {
    const { collections, reads } = this.#options;
    const { tenantId } = this.#caller;
    const { contactId: given, channel } = this.#input;
    const read = <Found>(work: () => Promise<Found>) => reads.run(tenantId, 'quick', work);
    const active = (contactId: ContactId) => findActive(collections, tenantId, { contactId, channel });
    const returning = (contactId: ContactId) => findReturning(collections, tenantId, { contactId, channel });
    const found = await read(() => active(given));
    if (found !== null) return found;
    const [present, back] = await read(() =>
      Promise.all([presentContactId(collections, tenantId, given), returning(given)]),
    );
    if (present === given) return back;
    return read(async () => (await active(present)) ?? returning(present));
  }

  async #continue({ conversationId, reopenSince }: Returning): Promise<FoundOrCreated> {
    const { initialMessage: first, by, at } = this.#input;
    const input = {
      conversationId,
      ...(reopenSince !== undefined && { reopenSince }),
      ...(first && { initialMessage: { ...first, clientMessageId: this.#messageId } }),
      ...(by !== undefined && { by }),
      ...(at !== undefined && { at }),
    };
    const key = this.#key && { ...this.#key, created: false };
    const { submit, deadline } = this.#options;
    const outcome = await submit(this.#caller, { type: 'conversations.continue', input }, { key, deadline });
    return this.#answerOf(outcome, false);
  }

  async #createNew(): Promise<FoundOrCreated> {
    const command = { type: 'conversations.create', input: this.#create } as const;
    const key = this.#key && { ...this.#key, created: true };
    const { submit, deadline } = this.#options;
    return this.#answerOf(await submit(this.#caller, command, { key, deadline }), true);
  }

  async #answerFound(conversation: Conversation): Promise<FoundOrCreated> {
    const { initialMessage } = this.#input;
    if (initialMessage === undefined) {
      if (this.#key === null || (await this.#remember(this.#key, conversation)))
        return { conversation, created: false, entry: null };
      return (await this.firstAnswer()) ?? this.answer();
    }
    const command = { type: 'messages.append', input: this.#appendTo(conversation, initialMessage) } as const;
    const key = this.#key && { ...this.#key, created: false };
    const { submit, deadline } = this.#options;
    const outcome = await submit(this.#caller, command, { key, deadline });
    // A call that is sent again finds what it created the first time.
    return this.#answerOf(
      outcome,
      outcome.entries.some(({ kind }) => kind === 'created'),
    );
  }

  #appendTo(
    { id }: Conversation,
    { text, author, template }: Omit<InitialMessage, 'clientMessageId'>,
  ): AppendMessage {
    const { at } = this.#input;
    return {
      conversationId: id,
      clientMessageId: this.#messageId,
      author,
      text,
      visibility: 'public',
      ...(template && { template }),
      ...(at !== undefined && { at }),
    };
  }

  #answerOf({ conversation, entries }: Outcome, created: boolean): FoundOrCreated {
    const own = created ? this.#create.initialMessage?.clientMessageId : this.#messageId;
    const said = this.#input.initialMessage === undefined ? [] : entries.filter(isMessage);
    return {
      conversation,
      created,
      entry: said.find(({ clientMessageId }) => clientMessageId === own) ?? null,
    };
  }

  /** Remembers what a keyed call found; false where another call was first. */
  async #remember(
    { idempotencyKey: key, hash }: RememberedKey,
    { id, version }: Conversation,
  ): Promise<boolean> {
    const { idempotency, clock } = this.#options.collections;
    const { tenantId } = this.#caller;
    const record = {
      _id: { tenantId, key },
      hash,
      conversationId: id,
      version,
      created: false,
      at: timestamp(clock.now()),
    };
    try {
      await idempotency.collection.insertOne(idempotency.encode(record));
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }
}

const isMessage = (entry: KnownEntry): entry is MessageEntry => entry.kind === 'message';

function isOvertaken(error: unknown): boolean {
  return (
    error instanceof Refusal && (error.code === 'ALREADY_ACTIVE' || error.code === 'CONVERSATION_CLOSED')
  );
}
