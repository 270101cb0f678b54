import type { Outcome } from '@baton/domain';
import {
  AgentId,
  commandInputs,
  type CommandType,
  type Conversation,
  type ConversationId,
  TenantId,
  timestamp,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import type { z } from 'zod';
import { connect, type Connection } from '../src/connection/connection.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import type { Collections } from '../src/schema/open-collections.ts';
import { openStore, type Store } from '../src/store.ts';
import type { Caller } from '../src/write/submit-command.ts';

const MINUTE_MS = 60_000;

/** What a caller writes: what has a default may be left out. */
type Input<Type extends CommandType> = z.input<(typeof commandInputs)[Type]>;

/**
 * History for tests: commands that happened at instants which the test chooses, through the store itself.
 * Each command happens a minute after the one before, unless the test moves the clock.
 */
export class Scenario implements AsyncDisposable {
  readonly tenantId = TenantId.parse('acme');
  readonly store: Store;
  readonly collections: Collections;
  readonly #connection: Connection;
  /** What is to be given back with it. */
  readonly #database: AsyncDisposable | null;
  #now = Date.parse('2026-01-05T09:00:00.000Z');
  #count = 0;

  private constructor(connection: Connection, database: AsyncDisposable | null) {
    this.#connection = connection;
    this.#database = database;
    this.store = openStore(connection);
    this.collections = this.store.collections;
  }

  /** A migrated store in an empty database, with the default agents of its tenant. */
  static async open(uri: string, database: AsyncDisposable | null = null): Promise<Scenario> {
    const connection = await connect(uri);
    await migrate(connection.db);
    const scenario = new Scenario(connection, database);
    await scenario.store.agents.ensureDefaults(scenario.tenantId, {});
    return scenario;
  }

  /** The same in a database of its own, which goes with it. */
  static async openInNewDatabase(): Promise<Scenario> {
    const database = await testDatabase();
    return Scenario.open(database.uri, database);
  }

  /** The scenario's clock. */
  get now(): string {
    return timestamp(this.#now);
  }

  /** Moves the clock on. */
  wait(minutes: number): void {
    this.#now += minutes * MINUTE_MS;
  }

  /** Sets the clock. */
  at(instant: string): void {
    this.#now = Date.parse(instant);
  }

  async run<Type extends CommandType>(
    type: Type,
    input: Input<Type>,
    tenantId = this.tenantId,
  ): Promise<Outcome> {
    const caller: Caller = { tenantId, actor: { kind: 'system' }, mayForce: true };
    // The schema of the very type, which the compiler cannot pair with its input.
    const parsed = commandInputs[type].parse({ at: this.now, ...input }) as z.output<
      (typeof commandInputs)[Type]
    >;
    const outcome = await this.store.execute(caller, type, parsed);
    this.wait(1);
    return outcome;
  }

  /** Another tenant, with default agents of its own. */
  async tenant(name: string): Promise<TenantId> {
    const tenantId = TenantId.parse(name);
    await this.store.agents.ensureDefaults(tenantId, {});
    return tenantId;
  }

  async create(
    input: Partial<Input<'conversations.create'>> = {},
    tenantId = this.tenantId,
  ): Promise<Conversation> {
    this.#count += 1;
    const contact = { contactId: `contact-${this.#count}`, channel: 'web' as const };
    return (await this.run('conversations.create', { ...contact, ...input }, tenantId)).conversation;
  }

  /** A public message of the customer, or of an agent that owns the conversation. */
  async say(
    conversationId: ConversationId,
    text: string,
    by: 'customer' | AgentId = 'customer',
  ): Promise<Outcome> {
    this.#count += 1;
    return this.run('messages.append', {
      conversationId,
      clientMessageId: `message-${this.#count}`,
      author: by === 'customer' ? { kind: 'customer' } : { kind: 'agent', agentId: by },
      text,
    });
  }

  /** A conversation whose sale has come to `qualified`. */
  async qualify(conversationId: ConversationId): Promise<Outcome> {
    await this.run('stages.transition', { conversationId, to: 'qualification' });
    return this.run('qualification.record', {
      conversationId,
      budget: { verdict: true, value: '500 a month' },
      authority: { verdict: true, role: 'owner' },
      need: { verdict: true, useCase: 'support' },
      timeline: { verdict: true, timeframe: 'this month' },
      by: QUALIFIER,
      advance: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.drain();
    await this.#connection.client.close();
    await this.#database?.[Symbol.asyncDispose]();
  }
}

export const SUPERVISOR = AgentId.parse('supervisor');
export const QUALIFIER = AgentId.parse('qualifier');
export const CLOSER = AgentId.parse('closer');
