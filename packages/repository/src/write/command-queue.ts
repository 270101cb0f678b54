import type { TenantId } from '@baton/schema';
import { DeficitRoundRobin } from '../fairness/deficit-round-robin.ts';
import { Fifo } from '../fairness/fifo.ts';
import type { TenantActivity } from '../fairness/tenant-activity.ts';
import { TenantBudget } from '../fairness/tenant-budget.ts';
import { type NoPlace, refusedPlace } from '../fairness/waiting-places.ts';

/** Most commands that one batch takes; a long one counts as several. */
const BATCH_SIZE = 64;
/** Two leave the machine idle while both wait for their commits; more make the batches small. */
const BATCHES_IN_FLIGHT = 3;
/** Of the batches in flight, how many a tenant with more waiting than a batch takes may have while others are active. */
const BATCHES_OF_A_FLOOD = 2;
/** Most batches in flight of all tenants: nobody waits for the slow batches of others. */
const MOST_BATCHES = 8;
/** So few conversations are committed together even while another slot is free. */
const SMALLEST_SHARE = 16;
/** A batch's cost while its tenant is alone (8 MB of text beside 64 commands), and while others are active too. */
const LARGEST_BATCH_COST = 2_112;
const FAIR_BATCH_COST = 16;
/** How many of the places to wait a tenant may have while others are active: more would wait for longer than is of use. */
const SHARE_OF_PLACES = 0.1;
/** How much of the time a tenant's batches may be in flight while others are active. */
const BUDGET = { share: 0.35, burstMs: 25 };
export type QueuedCommand = {
  readonly tenantId: TenantId;
  readonly conversationKey: string;
  readonly cost: number;
  /** As how many commands of a batch it counts; one unless given. */
  readonly places?: number;
  /** The number by which it came; null while it does not wait. The queue's own. */
  place: number | null;
};

type ConversationQueue<Command> = { key: string; commands: Fifo<Command>; isInFlight: boolean };

type TenantQueue<Command> = {
  waiting: number;
  batchesInFlight: number;
  conversations: Map<string, ConversationQueue<Command>>;
  /** Those with waiting commands and none in flight; they take turns. */
  ready: Fifo<ConversationQueue<Command>>;
};

/**
 * The commands that wait, a queue a tenant. Tenants take turns by what their batches cost, so a tenant that keeps
 * thousands waiting delays another by a batch at most. Commands of one conversation stay in order: a conversation is
 * in one batch at a time. Nothing here takes longer the more commands wait.
 */
export class CommandQueue<Command extends QueuedCommand> {
  readonly #limit: number;
  readonly #activity: TenantActivity;
  readonly #budget: TenantBudget;
  readonly #now: () => number;
  /** When each batch in flight was taken. */
  readonly #taken = new Map<readonly Command[], number>();
  readonly #tenants = new Map<TenantId, TenantQueue<Command>>();
  readonly #turns = new DeficitRoundRobin(FAIR_BATCH_COST);
  #arrivals = 0;
  #waiting = 0;
  #batchesInFlight = 0;
  #retryMs: number | null = null;

  constructor(limit: number, activity: TenantActivity, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#activity = activity;
    this.#budget = new TenantBudget(BUDGET, activity, now);
    this.#now = now;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get batchesInFlight(): number {
    return this.#batchesInFlight;
  }

  /** How many commands of each tenant wait, of those that wait for something. */
  get waitingByTenant(): Map<TenantId, number> {
    const waiting = [...this.#tenants].filter(([, tenant]) => tenant.waiting > 0);
    return new Map(waiting.map(([tenantId, tenant]) => [tenantId, tenant.waiting]));
  }

  /** When to ask for a batch again although nothing else has happened, in milliseconds; null for never. */
  get retryMs(): number | null {
    return this.#retryMs;
  }

  get isIdle(): boolean {
    return this.#waiting === 0 && this.#batchesInFlight === 0;
  }

  /** Why one more command of a tenant may not wait; null where it may. */
  noPlaceFor(tenantId: TenantId): NoPlace | null {
    const own = this.#tenants.get(tenantId)?.waiting ?? 0;
    const isOverShare = own >= this.#limit * SHARE_OF_PLACES && !this.#activity.isAlone(tenantId);
    if (isOverShare) return 'over_share';
    return refusedPlace({ limit: this.#limit, taken: this.#waiting, own });
  }

  /** Lets a command wait; where there is no place for it, it does not, and the reason is returned. */
  add(command: Command): NoPlace | null {
    const { tenantId, conversationKey } = command;
    this.#activity.touch(tenantId);
    const refused = this.noPlaceFor(tenantId);
    if (refused !== null) return refused;
    const tenant = this.#tenantOf(tenantId);
    let conversation = tenant.conversations.get(conversationKey);
    if (conversation === undefined) {
      conversation = { key: conversationKey, commands: new Fifo(), isInFlight: false };
      tenant.conversations.set(conversationKey, conversation);
    }
    if (conversation.commands.size === 0 && !conversation.isInFlight) tenant.ready.push(conversation);
    conversation.commands.push(command);
    command.place = this.#arrivals += 1;
    tenant.waiting += 1;
    this.#waiting += 1;
    this.#turns.join(tenantId);
    return null;
  }

  /** Takes back a command that waits. */
  remove(command: Command): void {
    const tenant = this.#tenants.get(command.tenantId);
    if (command.place === null || tenant === undefined) return;
    this.#leave(command, tenant);
    this.#forgetIdle(command.tenantId, tenant);
  }

  /**
   * The next batch: waiting commands of one tenant whose conversations are not in flight, in the order in which they
   * came. While several slots are free the conversations are shared out among them, so that mongod works on one batch
   * while the other travels.
   * @returns an empty one where none may start now
   */
  take(): Command[] {
    this.#retryMs = null;
    const tenantId = this.#turns.next((id) => this.#mayStart(id));
    const tenant = tenantId === undefined ? undefined : this.#tenants.get(tenantId);
    if (tenantId === undefined || tenant === undefined) return [];
    const mostCost = this.#activity.isAlone(tenantId) ? LARGEST_BATCH_COST : FAIR_BATCH_COST;
    const freeSlots = Math.max(1, BATCHES_IN_FLIGHT - this.#batchesInFlight);
    const share = Math.max(SMALLEST_SHARE, Math.ceil(tenant.ready.size / freeSlots));
    const batch: Command[] = [];
    let cost = 0;
    let places = 0;
    const fits = (command: Command) =>
      batch.length === 0 || (places + (command.places ?? 1) <= BATCH_SIZE && cost + command.cost <= mostCost);
    for (let taken = 0; taken < share; taken += 1) {
      const conversation = nextReady(tenant);
      let command = conversation && nextWaiting(conversation);
      if (conversation === undefined || command === undefined || !fits(command)) break;
      for (; command !== undefined && fits(command); command = nextWaiting(conversation)) {
        conversation.commands.shift();
        batch.push(command);
        cost += command.cost;
        places += command.places ?? 1;
      }
      tenant.ready.shift();
      conversation.isInFlight = true;
    }
    batch.sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
    for (const command of batch) this.#leave(command, tenant);
    tenant.batchesInFlight += 1;
    this.#batchesInFlight += 1;
    this.#turns.endTurn(tenantId, cost);
    this.#taken.set(batch, this.#now());
    return batch;
  }

  /** Ends a batch: its conversations may be taken again. */
  release(batch: readonly Command[]): void {
    const [first] = batch;
    const tenant = first && this.#tenants.get(first.tenantId);
    if (first === undefined || tenant === undefined) return;
    for (const { conversationKey } of batch) {
      const conversation = tenant.conversations.get(conversationKey);
      if (conversation === undefined || !conversation.isInFlight) continue;
      conversation.isInFlight = false;
      if (nextWaiting(conversation) === undefined) tenant.conversations.delete(conversationKey);
      else tenant.ready.push(conversation);
    }
    tenant.batchesInFlight -= 1;
    this.#batchesInFlight -= 1;
    this.#budget.charge(first.tenantId, this.#now() - (this.#taken.get(batch) ?? this.#now()));
    this.#taken.delete(batch);
    this.#activity.touch(first.tenantId);
    this.#forgetIdle(first.tenantId, tenant);
  }

  #tenantOf(tenantId: TenantId): TenantQueue<Command> {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const tenant = {
      waiting: 0,
      batchesInFlight: 0,
      conversations: new Map<string, ConversationQueue<Command>>(),
      ready: new Fifo<ConversationQueue<Command>>(),
    };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  #leave(command: Command, tenant: TenantQueue<Command>): void {
    command.place = null;
    tenant.waiting -= 1;
    this.#waiting -= 1;
  }

  #forgetIdle(tenantId: TenantId, tenant: TenantQueue<Command>): void {
    if (tenant.waiting > 0) return;
    this.#turns.leave(tenantId);
    if (tenant.batchesInFlight > 0) return;
    // What is left there was taken back.
    this.#tenants.delete(tenantId);
  }

  #mayStart(tenantId: TenantId): boolean {
    const tenant = this.#tenants.get(tenantId);
    if (tenant === undefined || nextReady(tenant) === undefined) return false;
    const { batchesInFlight, waiting } = tenant;
    if (batchesInFlight >= BATCHES_IN_FLIGHT || this.#batchesInFlight >= MOST_BATCHES) return false;
    const isAlone = this.#activity.isAlone(tenantId);
    if (!isAlone && waiting <= FAIR_BATCH_COST) return true;
    if (batchesInFlight > 0 && this.#batchesInFlight >= BATCHES_IN_FLIGHT) return false;
    if (isAlone) return true;
    if (batchesInFlight >= BATCHES_OF_A_FLOOD) return false;
    const waitMs = this.#budget.waitMs(tenantId);
    if (waitMs > 0) this.#retryMs = Math.min(waitMs, this.#retryMs ?? Infinity);
    return waitMs === 0;
  }
}

/** The oldest command that still waits; those that were taken back are dropped on the way. */
function nextWaiting<Command extends QueuedCommand>({
  commands,
}: ConversationQueue<Command>): Command | undefined {
  while (commands.peek()?.place === null) commands.shift();
  return commands.peek();
}

function nextReady<Command extends QueuedCommand>({
  ready,
  conversations,
}: TenantQueue<Command>): ConversationQueue<Command> | undefined {
  for (let conversation = ready.peek(); conversation !== undefined; conversation = ready.peek()) {
    if (nextWaiting(conversation) !== undefined) return conversation;
    ready.shift();
    conversations.delete(conversation.key);
  }
  return undefined;
}
