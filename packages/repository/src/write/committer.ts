import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import type { Conversation, TenantId } from '@baton/schema';
import type { MongoClient } from 'mongodb';
import { COMMAND_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { SoonestTimer } from '../fairness/soonest-timer.ts';
import type { TenantActivity } from '../fairness/tenant-activity.ts';
import { TenantCache } from '../fairness/tenant-cache.ts';
import type { NoPlace } from '../fairness/waiting-places.ts';
import type { StoreLoad, StoreObserver } from '../observe/store-observer.ts';
import type { Collections } from '../schema/open-collections.ts';
import { answerDuplicate } from './answer-duplicate.ts';
import { type CommandResult, isRestore, type WriteRequest } from './batch.ts';
import { batchPlaces, commandCost } from './command-cost.ts';
import { CommandQueue, type QueuedCommand } from './command-queue.ts';
import { CommitUnknown, duplicateOf, isTransient, StaleRead } from './commit-error.ts';
import { commit } from './commit.ts';
import { OtherServers } from './other-servers.ts';
import { RegisteredAgents } from './registered-agents.ts';
import { SendPolicies } from './send-policies.ts';
import type { ConversationHistory } from './history.ts';
import { RepeatedCommands, separateRepeats } from './repeated-commands.ts';
import { pauseBeforeRetry } from './retry-pause.ts';
import { snapshotAfter } from './snapshots.ts';

const CACHED_CONVERSATIONS = 5_000;
/** Restores in pieces that may go on at once without reading the earlier pieces again. */
const CACHED_PIECES = 100;
/** How many conversations of a failed batch are tried again side by side. */
const CONCURRENT_RETRIES = 8;
/** The unique index on a message's id of its sender. */
const MESSAGE_INDEX = 'by_client_message';
/** What a caller is told whose command found no place to wait. */
const RETRY_AFTER_MS = 1_000;

export type CommitterOptions = {
  client: MongoClient;
  collections: Collections;
  reads: ReadGate;
  activity: TenantActivity;
  /** Those of this process; its own without it. */
  sendPolicies?: SendPolicies;
  /** How long one command may take before it is given up as UNAVAILABLE, in milliseconds. */
  deadlineMs?: number;
  /** Whether the collections are spread over shards; false by default. */
  isSharded?: boolean;
  /** Told of each batch. */
  observer?: StoreObserver;
  /** Most commands that may wait; a tenant has its share of them, and more is RATE_LIMITED. */
  queueLimit?: number;
};

export type Committed = Omit<Extract<CommandResult, { kind: 'done' }>, 'kind'>;

type PendingCommand = QueuedCommand & {
  request: WriteRequest;
  /** On the process's own clock, which nobody sets. */
  deadline: number;
  resolve: (committed: Committed) => void;
  reject: (error: unknown) => void;
};

/**
 * The one way in: every command of a conversation goes through here.
 *
 * Commands that wait together are committed together, up to 64 of one tenant in a transaction, three
 * transactions in flight. There is no timer: a batch starts as soon as a slot is free, so a lone command waits
 * for nothing. The commands of one conversation are committed in the order in which they came.
 */
export class Committer {
  readonly #options: Required<CommitterOptions>;
  readonly #cachedConversations = new TenantCache<Conversation>(CACHED_CONVERSATIONS);
  readonly #cachedPieces = new TenantCache<Conversation>(CACHED_PIECES);
  readonly #registeredAgents: RegisteredAgents;
  readonly #otherServers: OtherServers;
  readonly #queue: CommandQueue<PendingCommand>;
  readonly #repeated: RepeatedCommands<PendingCommand>;
  /** Commands without an answer. */
  readonly #unanswered = new Set<PendingCommand>();
  /** One timer serves all: most have the same time, and a look-up has taken some of others'. */
  readonly #late = new SoonestTimer(() => this.#refuseLate());
  /** A tenant that has used up its share goes on when it has some again. */
  readonly #retry = new SoonestTimer(() => this.#schedule());
  #isPumping = false;
  #drainWaiters: (() => void)[] = [];

  constructor(options: CommitterOptions) {
    this.#options = {
      deadlineMs: COMMAND_TIMEOUT_MS,
      isSharded: false,
      queueLimit: 10_000,
      observer: {},
      sendPolicies: new SendPolicies(options.collections),
      ...options,
    };
    this.#registeredAgents = new RegisteredAgents(options.collections);
    this.#otherServers = new OtherServers(options.collections.random);
    this.#queue = new CommandQueue(this.#options.queueLimit, options.activity);
    this.#repeated = new RepeatedCommands({
      collections: options.collections,
      reads: options.reads,
      cached: (conversationKey) => this.#cachedConversations.get(conversationKey),
      isWaiting: (pending) => this.#unanswered.has(pending),
      onIdle: () => this.#schedule(),
    });
  }

  /** What commands answered. */
  get history(): ConversationHistory {
    return this.#repeated.history;
  }

  /** When a command that comes now is given up, on the process's own clock. */
  newDeadline(): number {
    return performance.now() + this.#options.deadlineMs;
  }

  /** How many commands have no answer yet. */
  get depth(): number {
    return this.#unanswered.size;
  }

  /** What waits and what is in flight now. */
  get load(): StoreLoad['commands'] {
    const [oldest] = this.#unanswered;
    const leftMs = oldest === undefined ? this.#options.deadlineMs : oldest.deadline - performance.now();
    return {
      waiting: this.#queue.waiting,
      unanswered: this.#unanswered.size,
      oldestMs: Math.max(0, this.#options.deadlineMs - leftMs),
      batchesInFlight: this.#queue.batchesInFlight,
      waitingByTenant: this.#queue.waitingByTenant,
    };
  }

  /**
   * For a request whose commands are not known yet.
   * @throws Refusal RATE_LIMITED where too many of the tenant's wait; UNAVAILABLE where too many of all do
   */
  requireRoom(tenantId: TenantId): void {
    const noPlace = this.#queue.noPlaceFor(tenantId);
    if (noPlace !== null) throw noPlaceRefusal(noPlace);
  }

  /**
   * Commits one command.
   * @param deadline when it is given up, where that is decided already
   * @throws Refusal where the rules refuse it; UNAVAILABLE where MongoDB did not answer in time; RATE_LIMITED where
   * too many of the tenant's wait
   */
  submit(request: WriteRequest, deadline = this.newDeadline()): Promise<Committed> {
    return new Promise((resolve, reject) => {
      const { tenantId, conversationId, command } = request;
      const pending: PendingCommand = {
        request,
        tenantId,
        conversationKey: `${tenantId}/${conversationId}`,
        cost: commandCost(command),
        places: batchPlaces(command),
        place: null,
        deadline,
        resolve(committed) {
          unanswered.delete(pending);
          resolve(committed);
        },
        reject(error) {
          unanswered.delete(pending);
          reject(error);
        },
      };
      const unanswered = this.#unanswered;
      unanswered.add(pending);
      this.#late.runWithin(Math.max(0, deadline - performance.now()));
      if (!this.#repeated.answerRemembered(pending, () => this.#enqueue(pending))) this.#enqueue(pending);
    });
  }

  #enqueue(pending: PendingCommand): void {
    const noPlace = this.#queue.add(pending);
    if (noPlace !== null) pending.reject(noPlaceRefusal(noPlace));
    else this.#schedule();
  }

  /** Answers what is too late, whatever it waits for. */
  #refuseLate(): void {
    const now = performance.now();
    let nextMs = Infinity;
    for (const pending of this.#unanswered) {
      const leftMs = pending.deadline - now;
      if (leftMs > 0) {
        nextMs = Math.min(nextMs, leftMs);
        continue;
      }
      this.#queue.remove(pending);
      pending.reject(notInTime());
    }
    if (nextMs < Infinity) this.#late.runWithin(nextMs);
    this.#schedule();
  }

  get #isIdle(): boolean {
    return this.#queue.isIdle && this.#repeated.isIdle;
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async drain(): Promise<void> {
    if (!this.#isIdle) await new Promise<void>((resolve) => this.#drainWaiters.push(resolve));
    await this.history.snapshots.drain();
  }

  /** Commands that are submitted in the same tick start together. */
  #schedule(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (let batch = this.#queue.take(); batch.length > 0; batch = this.#queue.take()) {
      const taken = batch;
      void this.#commitAll(taken).finally(() => {
        this.#queue.release(taken);
        this.#schedule();
      });
    }
    const { retryMs } = this.#queue;
    if (retryMs !== null) this.#retry.runWithin(retryMs);
    if (!this.#isIdle) return;
    for (const resolve of this.#drainWaiters.splice(0)) resolve();
  }

  /** Commits a batch and settles each of its commands; never rejects. */
  async #commitAll(taken: readonly PendingCommand[], attempt = 0): Promise<void> {
    const batch = this.#withoutLate(taken);
    const [head] = batch;
    if (head === undefined) return;
    const began = performance.now();
    const tell = (isCommitted: boolean) =>
      this.#options.observer.onBatch?.({
        tenantId: head.tenantId,
        commands: batch.length,
        tookMs: performance.now() - began,
        isCommitted,
      });
    try {
      const { client, collections, isSharded } = this.#options;
      const requests = batch.map(({ request }) => request);
      const results = await commit(requests, {
        client,
        collections,
        isSharded,
        deadline: Math.max(...batch.map(({ deadline }) => deadline)),
        cachedConversations: this.#cachedConversations,
        mayBeStale: this.#otherServers.writeFor(head.tenantId),
        cachedPieces: this.#cachedPieces,
        registeredAgents: this.#registeredAgents,
        sendPolicies: this.#options.sendPolicies,
      });
      tell(true);
      this.#settle(batch, results);
      const turnMs = this.#otherServers.turnMs(head.conversationKey, performance.now() - began);
      if (turnMs > 0 && isOfOneConversation(batch)) await sleep(turnMs);
    } catch (error) {
      tell(false);
      if (error instanceof StaleRead) this.#otherServers.haveWrittenFor(head.tenantId);
      for (const { conversationKey } of batch) {
        this.#cachedConversations.delete(conversationKey);
        this.#cachedPieces.delete(conversationKey);
      }
      await this.#narrowDown(batch, error, attempt);
    }
  }

  /** Refuses those whose time is up, which their caller has been told or is about to be. */
  #withoutLate(batch: readonly PendingCommand[]): readonly PendingCommand[] {
    const now = performance.now();
    if (batch.every(({ deadline }) => deadline > now)) return batch;
    for (const pending of batch) if (pending.deadline <= now) pending.reject(notInTime());
    return batch.filter(({ deadline }) => deadline > now);
  }

  #settle(batch: readonly PendingCommand[], results: readonly CommandResult[]): void {
    for (const [index, pending] of batch.entries()) {
      const result = results[index];
      if (result === undefined) throw new Error('A command of the batch has no result');
      if (result.kind === 'repeated') this.#repeated.answer(pending, result.first);
      else if (result.kind === 'refused') this.#repeated.answerRefused(pending, result.refusal);
      else {
        this.#remember(pending, result);
        pending.resolve(result);
      }
    }
  }

  #remember(pending: PendingCommand, { outcome, unfinished = false }: Committed): void {
    const { tenantId, conversationKey, request } = pending;
    if (unfinished) {
      this.#cachedPieces.set(tenantId, conversationKey, outcome.conversation);
      return;
    }
    this.#cachedPieces.delete(conversationKey);
    this.#cachedConversations.set(tenantId, conversationKey, outcome.conversation);
    const snapshot = snapshotAfter(tenantId, outcome);
    if (snapshot !== null) this.history.snapshots.add(snapshot);
    // An archive's messages are of many commands.
    if (!isRestore(request)) this.#repeated.remember(pending, outcome);
  }

  /** Narrows a failed batch down: by conversation, then by command, until each has its own answer. */
  async #narrowDown(failed: readonly PendingCommand[], error: unknown, attempt: number): Promise<void> {
    // What has had its answer, too late, is not done after all.
    const batch = failed.filter((pending) => this.#unanswered.has(pending));
    if (error instanceof CommitUnknown) {
      for (const pending of batch) pending.reject(notInTime(error));
      return;
    }
    if (isDuplicate(error) && (await this.#settleRepeats(batch, error, attempt))) return;
    const groups = Map.groupBy(batch, ({ conversationKey }) => conversationKey);
    // Most often another server wrote one of them at the same time, and a fresh read is enough.
    if (groups.size > 1 && !(isTransient(error) && attempt === 0)) {
      const queue = [...groups.values()];
      const retryGroups = async () => {
        for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
          await this.#commitAll(group, attempt + 1);
        }
      };
      await Promise.all(Array.from({ length: Math.min(CONCURRENT_RETRIES, queue.length) }, retryGroups));
      return;
    }
    if (isTransient(error)) {
      await this.#retryAfterPause(batch, error, attempt);
      return;
    }
    if (batch.length > 1) {
      for (const pending of batch) await this.#commitAll([pending], attempt + 1);
      return;
    }
    const [pending] = batch;
    if (pending === undefined) return;
    if (isDuplicate(error)) await this.#answerDuplicate(pending, error, attempt);
    else pending.reject(error);
  }

  /**
   * Where messages of a batch were said before, or commands stand twice in it, these do not hold up the others.
   * @returns whether that was so, and each command has its answer
   */
  async #settleRepeats(batch: readonly PendingCommand[], error: unknown, attempt: number): Promise<boolean> {
    let others: readonly PendingCommand[] = batch;
    if (duplicateOf(error).index === MESSAGE_INDEX) {
      try {
        others = await this.#repeated.answerSaid(batch);
      } catch (failure) {
        if (isTransient(failure)) await this.#retryAfterPause(batch, failure, attempt);
        else for (const pending of batch) pending.reject(failure);
        return true;
      }
    }
    const { first, repeats } = separateRepeats(others);
    if (first.length === batch.length) return false;
    for (const part of [first, repeats]) if (part.length > 0) await this.#commitAll(part, attempt + 1);
    return true;
  }

  /** Tries again after a short pause of random length, so that two servers do not keep step. */
  async #retryAfterPause(batch: readonly PendingCommand[], error: unknown, attempt: number): Promise<void> {
    const isFirstRead = error instanceof StaleRead && attempt === 0;
    const [head] = batch;
    if (head !== undefined && !isFirstRead && isOfOneConversation(batch))
      this.#otherServers.contendFor(head.conversationKey);
    if (!isFirstRead) await pauseBeforeRetry(attempt, this.#options.collections.random);
    const unanswered = batch.filter((pending) => this.#unanswered.has(pending));
    if (unanswered.length > 0) await this.#commitAll(unanswered, attempt + 1);
  }

  /** Answers a command whose own key is taken by what the key already holds. */
  async #answerDuplicate(pending: PendingCommand, duplicate: unknown, attempt: number): Promise<void> {
    const { collections, deadlineMs } = this.#options;
    try {
      const first = await answerDuplicate(collections, pending.request, duplicate, deadlineMs);
      if (first !== null) {
        this.#repeated.answer(pending, first);
        return;
      }
    } catch (error) {
      if (isTransient(error)) await this.#retryAfterPause([pending], error, attempt);
      else pending.reject(error);
      return;
    }
    // Some other commit took the same place in the timeline: the next read sees it.
    await this.#retryAfterPause([pending], duplicate, attempt);
  }
}

function isOfOneConversation(batch: readonly PendingCommand[]): boolean {
  return batch.every(({ conversationKey }) => conversationKey === batch[0]?.conversationKey);
}

function noPlaceRefusal(noPlace: NoPlace): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return noPlace === 'full'
    ? new Refusal('UNAVAILABLE', 'Too many commands wait; try again later', details)
    : new Refusal('RATE_LIMITED', 'Too many of your commands wait; try again later', details);
}

function notInTime(cause?: unknown): Refusal {
  return new Refusal('UNAVAILABLE', 'MongoDB did not take the command in time; try again', undefined, cause);
}
