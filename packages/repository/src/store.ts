import type { Outcome } from '@baton/domain';
import type {
  ApiKeyId,
  AuditActor,
  Command,
  ConversationAt,
  CommandInput,
  CommandType,
  SubscribeToConversation,
  FindOrCreateConversation,
  FollowUpId,
  FoundOrCreated,
  GetConversation,
  ListMessages,
  Readiness,
  ReassignConversations,
  RestoreConversation,
  RestoredConversation,
  SessionId,
  SubscribeToTenant,
  Tenant,
  TenantId,
  UpdateTenant,
} from '@baton/schema';
import type { Db, MongoClient } from 'mongodb';
import { apiKeys, type NewApiKey } from './auth/api-key.ts';
import { openCredentials } from './auth/credentials.ts';
import { openCompanySession } from './auth/company-session.ts';
import { type NamedByToken, standingsOf } from './auth/named-by-token.ts';
import { createSignInLink, endSession, noteUseOfSessions, setSessionAgent } from './auth/session.ts';
import { sessionList } from './auth/session-list.ts';
import { backgroundWork } from './background-work.ts';
import { bind, inTime, type Query, type SlowQueries, translateFeedErrors } from './bound-queries.ts';
import { auditedExport } from './audit/export.ts';
import { auditQueries } from './audit/list.ts';
import { LoopTurns } from './fairness/loop-turns.ts';
import { ReadGate } from './fairness/read-gate.ts';
import { TenantActivity } from './fairness/tenant-activity.ts';
import { conversationFeed } from './feed/conversation-feed.ts';
import { FeedHub } from './feed/hub.ts';
import { tenantFeed } from './feed/tenant-feed.ts';
import { removeDueFiles } from './maintenance/file-expiry.ts';
import { type Migration, migrationStatus } from './maintenance/migrations.ts';
import { reportSchema } from './maintenance/schema-report.ts';
import { sharedReport } from './maintenance/shared-report.ts';
import { readBacklog } from './observe/backlog.ts';
import type { StoreLoad, StoreObserver } from './observe/store-observer.ts';
import { openFiles } from './files/files.ts';
import { fileQueries } from './files/read-file.ts';
import { openPrivacy } from './privacy/privacy.ts';
import { retentionQueries } from './privacy/retention-setting.ts';
import { retentionWork } from './privacy/run-retention.ts';
import { adminQueries } from './read/admin.ts';
import { agentQueries } from './read/agent.ts';
import { contactQueries } from './read/contact.ts';
import { contactLists } from './read/contact-list.ts';
import { conversationQueries } from './read/conversation.ts';
import { followUpQueries } from './read/follow-up.ts';
import { groupedConversations } from './read/grouped-conversations.ts';
import { groupedMessages } from './read/grouped-messages.ts';
import { handoffQueries } from './read/handoff.ts';
import { messageQueries } from './read/message.ts';
import { metricsQueries } from './read/metrics/metrics.ts';
import { objectionQueries } from './read/objection.ts';
import { qualificationQueries } from './read/qualification.ts';
import { sendPermissionQueries } from './read/send-permission.ts';
import { searchQueries } from './read/search/search.ts';
import { stageQueries } from './read/stage.ts';
import { tenantQueries } from './read/tenant.ts';
import { timelineQueries } from './read/timeline.ts';
import { openCollections, type Sources } from './schema/open-collections.ts';
import type { SessionLife } from './schema/session-life.ts';
import { type UnreadableDocument, UnreadableDocuments } from './schema/unreadable.ts';
import { agentBudgets } from './write/agent-budgets.ts';
import { agentRegistry } from './write/agent-registry.ts';
import { followUpClaims } from './write/claims/follow-up-claims.ts';
import { SendPolicies } from './write/send-policies.ts';
import { Committer, type CommitterOptions } from './write/committer.ts';
import { conversationAt } from './write/conversation-at.ts';
import { reassign } from './write/reassign.ts';
import { contactWrites } from './write/contact-writes.ts';
import { findOrCreate } from './write/find-or-create.ts';
import { agentRestore } from './write/restore-agents.ts';
import { contactRestore } from './write/restore-contacts.ts';
import { type Caller, commandSubmitter, restoreConversation } from './write/submit-command.ts';
import { tenantSettings } from './write/tenant-settings.ts';

export type StoreOptions = {
  client: MongoClient;
  db: Db;
  /** The same database through a MongoClient of the live feed's own; without one it shares the first. */
  feedDb?: Db;
  /** Most feeds of one tenant that are open at once; 5,000 without it. */
  feedsOfATenant?: number | undefined;
  /** Called once for each document that cannot be read, a hundred times a minute at most. */
  onUnreadable?: ((document: UnreadableDocument) => void) | undefined;
  /** Told of what happens on the path of calls. */
  observer?: StoreObserver | undefined;
  /** Most bytes of a file; 25 MB without it. */
  fileBytes?: number | undefined;
  /** The migrations that this version knows; every released one without it. */
  migrations?: readonly Migration[];
} & Partial<Pick<Sources, 'clock' | 'random' | 'contents'>> & {
    sessionLife?: SessionLife | undefined;
  } & Pick<CommitterOptions, 'deadlineMs' | 'queueLimit' | 'isSharded'>;

/** Opens the store for one process: commands go through the committer, queries are grouped by area. */
export function openStore({
  client,
  db,
  feedDb = db,
  feedsOfATenant,
  onUnreadable,
  observer = {},
  migrations,
  clock,
  random,
  sessionLife,
  contents,
  fileBytes,
  ...options
}: StoreOptions) {
  const collections = openCollections(db, {
    clock,
    random,
    ...(sessionLife && { sessionLife }),
    contents,
    unreadable: new UnreadableDocuments(onUnreadable),
  });
  const activity = new TenantActivity();
  const reads = new ReadGate(client.options.maxPoolSize, activity);
  const conversations = groupedConversations(collections, reads);
  const messages = groupedMessages(collections, reads);
  const hub = new FeedHub(openCollections(feedDb, collections), {
    reads,
    activity,
    limit: feedsOfATenant,
    observer,
  });
  const credentials = openCredentials(collections);
  const sendPolicies = new SendPolicies(collections);
  const committer = new Committer({
    client,
    collections,
    reads,
    activity,
    observer,
    sendPolicies,
    ...options,
  });
  const submit = commandSubmitter(collections, reads, committer);
  const submitOwn = (tenantId: TenantId, command: Command) =>
    submit({ tenantId, actor: { kind: 'system' }, mayForce: false }, command);
  const followUpCommands = {
    expire: (tenantId: TenantId, followUpId: FollowUpId) =>
      submitOwn(tenantId, { type: 'followUps.expire', input: { followUpId } }),
    postpone: (tenantId: TenantId, followUpId: FollowUpId, until: string) =>
      submitOwn(tenantId, { type: 'followUps.snooze', input: { followUpId, until } }),
  };
  const drain = () => committer.history.snapshots.drain();
  const privacy = openPrivacy({ collections, submit, drain });
  const bound = <Queries extends Record<string, Query>>(queries: Queries, slow?: SlowQueries<Queries>) =>
    bind(collections, reads, queries, slow);

  const schemaReport = sharedReport(() => reportSchema(db));
  const turns = new LoopTurns(activity);

  return {
    collections,
    /** How long browsers stay signed in. */
    sessionLife: collections.sessionLife,
    /** Whose calls this process begins next. */
    turns,
    /**
     * For a request of which only the head is read.
     * @throws Refusal RATE_LIMITED where too many calls or commands of its tenant wait; UNAVAILABLE where too many of all do
     */
    requireRoom(tenantId: TenantId, { hasCommands }: { hasCommands: boolean }): void {
      turns.requireRoom(tenantId);
      if (hasCommands) committer.requireRoom(tenantId);
    },
    /** How many commands wait or are being committed. */
    get depth(): number {
      return committer.depth;
    },

    /** What waits and what runs in this process now. */
    get load(): StoreLoad {
      return {
        commands: committer.load,
        reads: { lanes: reads.lanes, oldestMs: reads.oldestWaitMs },
        subscriptions: hub.subscriptions,
        unreadable: collections.unreadable.total,
      };
    },

    /** What the whole store has to do, whichever process does it. */
    backlog: () => inTime(readBacklog(collections)),

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
      return submit(caller, { type, input } as Command);
    },

    /**
     * The contact's active conversation on the channel, made where there is none; two at once give one.
     * @throws Refusal IDEMPOTENCY_MISMATCH, UNKNOWN_AGENT, UNAVAILABLE, ALREADY_ACTIVE where it comes and goes too fast
     */
    findOrCreate: (caller: Caller, input: FindOrCreateConversation): Promise<FoundOrCreated> => {
      const deadline = committer.newDeadline();
      return findOrCreate(
        { collections, reads, history: committer.history, submit, deadline },
        caller,
        input,
      );
    },

    /** Brings a timeline in as it is, or a piece of one; see `restoreConversation`. */
    async restoreConversation(tenantId: TenantId, input: RestoreConversation): Promise<RestoredConversation> {
      const restored = await restoreConversation(committer, tenantId, input);
      await privacy.eraseRestored(tenantId, input);
      return restored;
    },

    ...backgroundWork(collections, submitOwn),

    feed: {
      /** A conversation's entries as they come; see `conversationFeed`. */
      conversation: (tenantId: TenantId, input: SubscribeToConversation, signal: AbortSignal) =>
        translateFeedErrors(conversationFeed(collections, reads, hub, tenantId, input, signal)),
      /** All of a tenant's entries as they come; see `tenantFeed`. */
      tenant: (tenantId: TenantId, input: SubscribeToTenant, signal: AbortSignal) =>
        translateFeedErrors(tenantFeed(collections, reads, hub, tenantId, input, signal)),
      get subscriptions(): number {
        return hub.subscriptions;
      },
      /** Disconnects every subscriber; each resumes by its last id. */
      close: () => hub.close(),
    },

    /** Waits until every command that was taken is settled. */
    drain: () => committer.drain(),

    /** What differs between the declared validators and indexes and the server's; looked at once in five seconds. */
    verifySchema: (tenantId: TenantId) => inTime(reads.run(tenantId, 'slow', schemaReport)),

    /** Whether this process can serve: MongoDB answers, every migration has run, and none of a newer version forbids it. */
    async readiness(): Promise<Readiness> {
      try {
        const { pending, newer } = await migrationStatus(db, migrations);
        const ready = pending.length === 0 && newer === undefined;
        return { ready, mongodb: true, pendingMigrations: pending, ...(newer && { newerMigrations: newer }) };
      } catch {
        return { ready: false, mongodb: false, pendingMigrations: [] };
      }
    },

    admin: bound({ ...adminQueries, ...auditQueries }, ['stats']),
    agents: bound({ ...agentQueries, ...agentRegistry, ...agentRestore }, ['workload']),
    apiKeys: {
      ...bound({ list: apiKeys.list, issue: apiKeys.issue, revoke: apiKeys.revoke, rotate: apiKeys.rotate }),
      create: (key: NewApiKey, by?: AuditActor) => inTime(apiKeys.create(collections, key, by)),
      /** Notes that keys were used, some minutes behind. */
      noteUse: (keyIds: readonly ApiKeyId[]) => inTime(apiKeys.noteUse(collections, keyIds)),
      /** @param from the address that the key comes from */
      authenticate: (key: string, from = '') => inTime(credentials.ofKey(key, from)),
    },
    contacts: {
      ...bound({ ...contactQueries, ...contactLists, ...contactRestore }),
      ...contactWrites({ collections, isSharded: options.isSharded ?? false }),
    },
    conversations: {
      ...bound({ ...conversationQueries, ...auditedExport }, ['export']),
      get: (tenantId: TenantId, input: GetConversation) => inTime(conversations.get(tenantId, input)),
      at: (tenantId: TenantId, input: ConversationAt) =>
        inTime(conversationAt({ collections, history: committer.history }, tenantId, input)),
    },
    files: {
      ...bound(fileQueries),
      ...openFiles(collections, inTime, fileBytes),
      /** Removes what is due; see `removeDueFiles`. */
      removeDue: (signal?: AbortSignal) => removeDueFiles(collections, signal),
    },
    followUps: {
      ...bound(followUpQueries),
      ...followUpClaims(collections, reads, followUpCommands, sendPolicies),
    },
    handoffs: {
      ...bound(handoffQueries),
      reassign: (caller: Caller, input: ReassignConversations) =>
        reassign({ collections, reads, submit }, caller, input),
    },
    messages: {
      ...bound({ ...messageQueries, ...sendPermissionQueries, ...agentBudgets }),
      list: (tenantId: TenantId, input: ListMessages) => inTime(messages.list(tenantId, input)),
    },
    metrics: bound(metricsQueries, 'all'),
    objections: bound(objectionQueries, ['stats']),
    privacy,
    retention: {
      ...bound(retentionQueries, ['get', 'preview']),
      /** Erases what is past the limits of tenants; of many servers one does it for each. Returns how much. */
      goOn: retentionWork({ collections, submit, drain }),
    },
    qualification: bound(qualificationQueries),
    search: bound(searchQueries, 'all'),
    sessions: {
      ...bound({
        createLink: createSignInLink,
        openByCompany: openCompanySession,
        setAgent: setSessionAgent,
        end: endSession,
        ...sessionList,
      }),
      /** Notes that browsers were used, some minutes behind. */
      noteUse: (sessionIds: readonly SessionId[]) => inTime(noteUseOfSessions(collections, sessionIds)),
      /** @param from the address that the token comes from */
      signIn: (token: string, from = '', browser: string | null = null) =>
        inTime(credentials.signIn(token, from, browser)),
      /** @param from the address that the secret comes from */
      authenticate: (secret: string, from = '') => inTime(credentials.ofSession(secret, from)),
    },
    /**
     * Those that are good now, of keys and sessions that were found before.
     * @param tenantId given, it is a read of that tenant, with its limits
     */
    readCredentials(keyIds: readonly ApiKeyId[], sessionIds: readonly SessionId[], tenantId?: TenantId) {
      const read = () => credentials.read(keyIds, sessionIds);
      return inTime(tenantId === undefined ? read() : reads.run(tenantId, 'quick', read));
    },
    /** What is known of those whom a company's tokens name, as a read of `tenantId` where it is given. */
    standingsOf(named: readonly NamedByToken[], tenantId?: TenantId) {
      const read = () => standingsOf(collections, named);
      return inTime(tenantId === undefined ? read() : reads.run(tenantId, 'quick', read));
    },
    /** MongoDB's time, in milliseconds since 1970. */
    async time(): Promise<number> {
      await inTime(collections.clock.ready());
      return collections.clock.now();
    },
    stages: bound(stageQueries),
    tenant: {
      ...bound(tenantQueries),
      /** @throws Refusal IDEMPOTENCY_MISMATCH */
      async update(tenantId: TenantId, input: UpdateTenant, by?: AuditActor): Promise<Tenant> {
        const tenant = await inTime(tenantSettings.update(collections, tenantId, input, by));
        sendPolicies.forget(tenantId);
        return tenant;
      },
    },
    timeline: bound(timelineQueries),
  };
}

export type Store = ReturnType<typeof openStore>;
