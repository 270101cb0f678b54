import { type Outcome, Refusal } from '@baton/domain';
import type { Conversation, MessageEntry, TenantId } from '@baton/schema';
import type { ReadGate } from '../fairness/read-gate.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { WriteRequest } from './batch.ts';
import { isTransient } from './commit-error.ts';
import { ConversationHistory, type FirstResult } from './history.ts';
import { RecentMessages } from './recent-messages.ts';
import { firstResultOfMessages, findSaidMessages, messagesOf } from './replay.ts';
import { pauseBeforeRetry } from './retry-pause.ts';

/** A command that waits for its answer. */
type Pending = {
  request: WriteRequest;
  tenantId: TenantId;
  conversationKey: string;
  resolve: (committed: { outcome: Outcome }) => void;
  reject: (error: unknown) => void;
};

type RepeatedCommandsOptions<Command extends Pending> = {
  collections: Collections;
  reads: ReadGate;
  /** The conversation as this process committed it last. */
  cached: (conversationKey: string) => Conversation | undefined;
  /** Whether a command has no answer yet. */
  isWaiting: (pending: Command) => boolean;
  /** Called whenever nothing is being answered any more. */
  onIdle: () => void;
};

/**
 * Answers commands that were done before with their first result. It does so beside the batches, which wait for
 * none of it.
 */
export class RepeatedCommands<Command extends Pending> {
  readonly history: ConversationHistory;
  readonly #options: RepeatedCommandsOptions<Command>;
  readonly #recent = new RecentMessages();
  #running = 0;

  constructor(options: RepeatedCommandsOptions<Command>) {
    this.#options = options;
    this.history = new ConversationHistory(options.collections, options.reads);
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** Remembers what a command said, so that its retry need not be tried first. */
  remember({ tenantId, conversationKey }: Pending, { conversation, entries }: Outcome): void {
    const said = entries.filter((entry) => entry.kind === 'message');
    const [first] = said;
    if (first === undefined) return;
    const { id: conversationId, version } = conversation;
    const messages = { first: first.seq, last: said.at(-1)?.seq ?? first.seq };
    const place = { tenantId, conversationId, version, messages };
    this.#recent.add(tenantId, conversationKey, first.clientMessageId, place);
  }

  /**
   * Answers a command whose message is remembered, in the background.
   * @param otherwise for one that does not say the same again
   * @returns whether it is remembered
   */
  answerRemembered(pending: Command, otherwise: () => void): boolean {
    const { request, conversationKey } = pending;
    const [message] = messagesOf(request.command);
    const first = message && this.#recent.get(conversationKey, message.clientMessageId);
    if (first === undefined) return false;
    this.#inBackground(pending, async () => {
      const outcome = await this.#outcomeOf(pending, first);
      if (saysTheSame(request, outcome)) return outcome;
      otherwise();
      return null;
    });
    return true;
  }

  /** Answers in the background. */
  answer(pending: Command, first: FirstResult): void {
    this.#inBackground(pending, () => this.#outcomeOf(pending, first));
  }

  /** A refused message may be the retry of one that was said before: then the first answer holds. */
  answerRefused(pending: Command, refusal: Refusal): void {
    const { collections, reads } = this.#options;
    const { request, tenantId } = pending;
    if (messagesOf(request.command).length === 0) {
      pending.reject(refusal);
      return;
    }
    this.#inBackground(pending, async () => {
      const said = await reads.run(tenantId, 'quick', () =>
        findSaidMessages(collections, tenantId, [request]),
      );
      const first = firstResultOfMessages(request, request.command, said.get(request.conversationId));
      if (first === null) throw refusal;
      return this.#outcomeOf(pending, first);
    });
  }

  /**
   * Of commands of one tenant answers those whose messages were said before.
   * @returns the others
   */
  async answerSaid(batch: readonly Command[]): Promise<Command[]> {
    const [head] = batch;
    if (head === undefined) return [];
    const requests = batch.map(({ request }) => request);
    const said = await findSaidMessages(this.#options.collections, head.tenantId, requests);
    return batch.filter((pending) => {
      const { request } = pending;
      try {
        const first = firstResultOfMessages(request, request.command, said.get(request.conversationId));
        if (first !== null) this.answer(pending, first);
        return first === null;
      } catch (error) {
        pending.reject(error);
        return false;
      }
    });
  }

  #outcomeOf({ conversationKey }: Pending, first: FirstResult): Promise<Outcome> {
    return this.history.outcomeAt(first, this.#options.cached(conversationKey));
  }

  /** @param find gives null where the command is answered in another way */
  #inBackground(pending: Command, find: () => Promise<Outcome | null>): void {
    this.#running += 1;
    void this.#retry(pending, find).finally(() => {
      this.#running -= 1;
      if (this.isIdle) this.#options.onIdle();
    });
  }

  async #retry(pending: Command, find: () => Promise<Outcome | null>): Promise<void> {
    const { collections, isWaiting } = this.#options;
    for (let attempt = 0; isWaiting(pending); attempt += 1) {
      try {
        const outcome = await find();
        if (outcome === null) return;
        this.remember(pending, outcome);
        pending.resolve({ outcome });
        return;
      } catch (error) {
        if (!isTransient(error)) {
          pending.reject(error);
          return;
        }
      }
      await pauseBeforeRetry(attempt, collections.random);
    }
  }
}

function saysTheSame(request: WriteRequest, { entries }: Outcome): boolean {
  const messages = entries.filter((entry) => entry.kind === 'message');
  const said = new Map(messages.map((entry): [string, MessageEntry] => [entry.clientMessageId, entry]));
  try {
    return firstResultOfMessages(request, request.command, said) !== null;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The commands of a batch, without those that repeat another of it; these come after it. */
export function separateRepeats<Command extends Pending>(
  batch: readonly Command[],
): { first: Command[]; repeats: Command[] } {
  const seen = new Set<string>();
  const first: Command[] = [];
  const repeats: Command[] = [];
  for (const pending of batch) {
    const { command, key } = pending.request;
    const names = messagesOf(command).map(
      ({ clientMessageId }) => `${pending.conversationKey} ${clientMessageId}`,
    );
    // No conversation's key begins with a blank.
    if (key !== null) names.push(` ${key.idempotencyKey}`);
    if (names.some((name) => seen.has(name))) repeats.push(pending);
    else first.push(pending);
    for (const name of names) seen.add(name);
  }
  return { first, repeats };
}
