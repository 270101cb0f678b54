import { actorOfCommand, type Outcome, Refusal } from '@baton/domain';
import {
  type Actor,
  type Command,
  type CommandInput,
  type CommandType,
  type Conversation,
  type ConversationFeedInput,
  ConversationId,
  type CreateConversation,
  type FoundOrCreated,
  type Readiness,
  type TenantFeedInput,
  type TenantId,
} from '@baton/schema';
import { type Db, type MongoClient, ObjectId } from 'mongodb';
import { apiKeys, type NewApiKey } from './auth/api-key.ts';
import {
  authenticateSession,
  createSignInLink,
  endSession,
  setSessionAgent,
  signIn,
} from './auth/session.ts';
import { READ_TIMEOUT_MS } from './connection/deadlines.ts';
import { conversationFeed } from './feed/conversation-feed.ts';
import type { Feed } from './feed/feed.ts';
import { FeedHub } from './feed/hub.ts';
import { tenantFeed } from './feed/tenant-feed.ts';
import { expireHandoffs } from './maintenance/handoff-expiry.ts';
import { migrationStatus } from './maintenance/migrations.ts';
import { reportSchema } from './maintenance/schema-report.ts';
import { adminQueries } from './read/admin.ts';
import { agentQueries } from './read/agent.ts';
import { conversationQueries } from './read/conversation.ts';
import { findOwningConversation } from './read/find-owning-conversation.ts';
import { followUpQueries } from './read/follow-up.ts';
import { handoffQueries } from './read/handoff.ts';
import { messageQueries } from './read/message.ts';
import { metricsQueries } from './read/metrics/metrics.ts';
import { objectionQueries } from './read/objection.ts';
import { qualificationQueries } from './read/qualification.ts';
import { searchQueries } from './read/search/search.ts';
import { stageQueries } from './read/stage.ts';
import { tenantQueries } from './read/tenant.ts';
import { timelineQueries } from './read/timeline.ts';
import { byId, type Collections, openCollections } from './schema/open-collections.ts';
import { agentRegistry } from './write/agent-registry.ts';
import { isDuplicate, isTransient } from './write/commit-error.ts';
import { type Committed, Committer, type CommitterOptions } from './write/committer.ts';
import { followUpClaims } from './write/follow-up-claims.ts';
import { commandHash, replayKeyed } from './write/replay.ts';
import { tenantSettings } from './write/tenant-settings.ts';

/** Who calls: one tenant, and what the credential allows. */
export type Caller = { tenantId: TenantId; actor: Actor; mayForce: boolean };

type Query = (collections: Collections, tenantId: TenantId, input: never) => Promise<unknown>;

/** A set of queries with the database already given. */
type Bound<Queries extends Record<string, Query>> = {
  [Name in keyof Queries]: (
    tenantId: TenantId,
    input: Parameters<Queries[Name]>[2],
  ) => ReturnType<Queries[Name]>;
};

function bind<Queries extends Record<string, Query>>(
  collections: Collections,
  queries: Queries,
): Bound<Queries> {
  const bound = Object.entries(queries).map(([name, query]) => [
    name,
    (tenantId: TenantId, input: never) => query(collections, tenantId, input).catch(rethrowUnavailable),
  ]);
  // The same names and inputs as the queries that were given.
  return Object.fromEntries(bound) as Bound<Queries>;
}

/** How often findOrCreate looks again where a conversation came and went between two looks. */
const FIND_ROUNDS = 10;

/** What a caller may try again later is said in Baton's words. */
function rethrowUnavailable(error: unknown): never {
  if (!isTransient(error)) throw error;
  throw new Refusal('UNAVAILABLE', 'MongoDB does not answer in time; try again', undefined, error);
}

/** A feed that says in Baton's words that it may be read again later. */
async function whileAvailable(opening: Promise<Feed>): Promise<Feed> {
  const entries = await opening.catch(rethrowUnavailable);
  return (async function* () {
    try {
      yield* entries;
    } catch (error) {
      rethrowUnavailable(error);
    }
  })();
}

export type StoreOptions = {
  client: MongoClient;
  db: Db;
  /** The same database through a MongoClient of the live feed's own; without one it shares the first. */
  feedDb?: Db;
} & Pick<CommitterOptions, 'now' | 'deadlineMs' | 'queueLimit'>;

/** Everything that is kept, for one process: commands through the committer, queries by area. */
export function openStore({ client, db, feedDb = db, ...options }: StoreOptions) {
  const collections = openCollections(db);
  const feed = new FeedHub(openCollections(feedDb));
  const committer = new Committer({ client, collections, ...options });

  async function conversationIdOf({ tenantId }: Caller, { type, input }: Command): Promise<ConversationId> {
    if ('conversationId' in input) return input.conversationId;
    if ('handoffId' in input)
      return findOwningConversation(collections, tenantId, 'handoffs', input.handoffId);
    if ('objectionId' in input)
      return findOwningConversation(collections, tenantId, 'objections', input.objectionId);
    if ('followUpId' in input)
      return findOwningConversation(collections, tenantId, 'follow_ups', input.followUpId);
    if (type === 'conversations.create') return ConversationId.parse(new ObjectId().toHexString());
    throw new Error(`${type} names no conversation`);
  }

  async function submit(
    caller: Caller,
    command: Command,
    name: string,
    created: boolean | null,
  ): Promise<Committed> {
    const { input } = command;
    const idempotencyKey = 'idempotencyKey' in input ? input.idempotencyKey : undefined;
    try {
      const conversationId = await conversationIdOf(caller, command);
      return await committer.submit({
        tenantId: caller.tenantId,
        conversationId,
        command,
        actor: actorOfCommand(command, caller.actor),
        mayForce: caller.mayForce,
        id: command.type === 'conversations.create' ? conversationId : new ObjectId().toHexString(),
        key:
          idempotencyKey === undefined ? null : { idempotencyKey, hash: commandHash(name, input), created },
      });
    } catch (error) {
      return rethrowUnavailable(error);
    }
  }

  async function findOrCreate(caller: Caller, input: CreateConversation): Promise<FoundOrCreated> {
    const name = 'conversations.findOrCreate';
    const { tenantId } = caller;
    const { contactId, channel, idempotencyKey } = input;
    if (idempotencyKey !== undefined) {
      const known = await collections.idempotency.collection.findOne(
        byId({ tenantId, key: idempotencyKey }),
        {
          maxTimeMS: READ_TIMEOUT_MS,
        },
      );
      if (known !== null) {
        const record = collections.idempotency.decode(known);
        const { conversation } = await replayKeyed(collections, tenantId, record, commandHash(name, input));
        return { conversation, created: 'created' in record ? (record.created ?? true) : true };
      }
    }
    for (let round = 1; ; round += 1) {
      const found = await conversationQueries.findActiveByContact(collections, tenantId, {
        contactId,
        channel,
      });
      if (found !== null) {
        if (idempotencyKey === undefined) return { conversation: found, created: false };
        const isFirst = await remember(
          collections,
          tenantId,
          idempotencyKey,
          commandHash(name, input),
          found,
        );
        return isFirst ? { conversation: found, created: false } : findOrCreate(caller, input);
      }
      try {
        const { outcome } = await submit(caller, { type: 'conversations.create', input }, name, true);
        return { conversation: outcome.conversation, created: true };
      } catch (error) {
        // Somebody else was quicker, and the next look finds theirs; where none does, the caller is told.
        if (!isAlreadyActive(error) || round === FIND_ROUNDS) throw error;
      }
    }
  }

  return {
    collections,
    /** How many commands wait or are being committed. */
    get depth(): number {
      return committer.depth;
    },

    /**
     * Carries out one command.
     * @throws Refusal
     */
    async execute<Type extends CommandType>(
      caller: Caller,
      type: Type,
      input: CommandInput<Type>,
    ): Promise<Outcome> {
      // A type and the input of that very type, which the compiler cannot pair.
      const { outcome } = await submit(caller, { type, input } as Command, type, null);
      return outcome;
    },

    /**
     * The contact's active conversation on the channel, made where there is none; two at once give one.
     * @throws Refusal IDEMPOTENCY_MISMATCH, UNKNOWN_AGENT, UNAVAILABLE, ALREADY_ACTIVE where it comes and goes too fast
     */
    findOrCreate: (caller: Caller, input: CreateConversation): Promise<FoundOrCreated> =>
      findOrCreate(caller, input).catch(rethrowUnavailable),

    /** Expires what has run out among the pending handoffs of every tenant; returns how many. */
    expireHandoffs: () =>
      expireHandoffs(
        collections,
        (tenantId, handoffId) =>
          submit(
            { tenantId, actor: { kind: 'system' }, mayForce: false },
            { type: 'handoffs.expire', input: { handoffId } },
            'handoffs.expire',
            null,
          ),
        Date.now(),
      ),

    feed: {
      /** A conversation's entries as they come; see `conversationFeed`. */
      conversation: (tenantId: TenantId, input: ConversationFeedInput, signal: AbortSignal) =>
        whileAvailable(conversationFeed(collections, feed, tenantId, input, signal)),
      /** All of a tenant's entries as they come; see `tenantFeed`. */
      tenant: (tenantId: TenantId, input: TenantFeedInput, signal: AbortSignal) =>
        whileAvailable(tenantFeed(collections, feed, tenantId, input, signal)),
      get subscriptions(): number {
        return feed.subscriptions;
      },
      /** Cuts every reader off: each comes back by its last id. */
      close: () => feed.close(),
    },

    /** Waits until every command that was taken is settled. */
    drain: () => committer.drain(),

    /** What differs between the declared validators and indexes and the server's. */
    verifySchema: () => reportSchema(db).catch(rethrowUnavailable),

    /** Whether this process can serve: MongoDB answers, and every migration has run. */
    async readiness(): Promise<Readiness> {
      try {
        const { pending } = await migrationStatus(db);
        return { ready: pending.length === 0, mongodb: true, pendingMigrations: pending };
      } catch {
        return { ready: false, mongodb: false, pendingMigrations: [] };
      }
    },

    admin: bind(collections, adminQueries),
    agents: bind(collections, { ...agentQueries, ...agentRegistry }),
    apiKeys: {
      ...bind(collections, { list: apiKeys.list, revoke: apiKeys.revoke }),
      create: (key: NewApiKey) => apiKeys.create(collections, key).catch(rethrowUnavailable),
      authenticate: (key: string) => apiKeys.authenticate(collections, key).catch(rethrowUnavailable),
    },
    conversations: bind(collections, conversationQueries),
    followUps: bind(collections, { ...followUpQueries, ...followUpClaims }),
    handoffs: bind(collections, handoffQueries),
    messages: bind(collections, messageQueries),
    metrics: bind(collections, metricsQueries),
    objections: bind(collections, objectionQueries),
    qualification: bind(collections, qualificationQueries),
    search: bind(collections, searchQueries),
    sessions: {
      ...bind(collections, { createLink: createSignInLink, setAgent: setSessionAgent, end: endSession }),
      signIn: (token: string) => signIn(collections, token).catch(rethrowUnavailable),
      authenticate: (secret: string) => authenticateSession(collections, secret).catch(rethrowUnavailable),
    },
    stages: bind(collections, stageQueries),
    tenant: bind(collections, { ...tenantQueries, ...tenantSettings }),
    timeline: bind(collections, timelineQueries),
  };
}

export type Store = ReturnType<typeof openStore>;

function isAlreadyActive(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'ALREADY_ACTIVE';
}

/** Remembers what a keyed findOrCreate found; false where another call was first. */
async function remember(
  collections: Collections,
  tenantId: TenantId,
  key: string,
  hash: string,
  { id, version }: Conversation,
): Promise<boolean> {
  const at = new Date().toISOString();
  try {
    await collections.idempotency.collection.insertOne(
      collections.idempotency.encode({
        _id: { tenantId, key },
        hash,
        conversationId: id,
        version,
        created: false,
        at,
      }),
    );
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
