import type {
  Agent,
  AgentId,
  AgentWorkload,
  ApiKey,
  BrowserSession,
  AuditRecord,
  CreatedApiKey,
  CreatedFile,
  Change,
  ClaimedFollowUp,
  Contact,
  ContactChange,
  Conversation,
  ConversationView,
  CountedConversation,
  ConversationHit,
  ConversationId,
  Entry,
  FileRecord,
  FollowUp,
  FollowUpChange,
  FollowUpId,
  FoundFile,
  FoundOrCreated,
  Handoff,
  HandoffChange,
  Reassigned,
  HandoffId,
  Health,
  MessageChange,
  MessageContext,
  MessageView,
  MessageHit,
  MetricsAgents,
  MetricsFunnel,
  MetricsOverview,
  MetricsResponseTimes,
  MetricsTimeInStage,
  NextStage,
  Objection,
  ObjectionChange,
  ObjectionId,
  ObjectionStats,
  Page,
  Qualification,
  QualificationCheck,
  Readiness,
  BudgetReservation,
  RefusedMessage,
  SendPermission,
  RecordedAnswer,
  RestoredAgents,
  RestoredContacts,
  RestoredConversation,
  SalesStage,
  SchemaReport,
  SearchPage,
  ServerLimits,
  Session,
  SignInLink,
  SignInMethods,
  StageMove,
  StageValidation,
  StoreStats,
  Tenant,
  TimelinePage,
  TurnChange,
} from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { describe, expectTypeOf, test } from 'vitest';
import type { AppRouter } from './api.ts';

type In = inferRouterInputs<AppRouter>;
type Out = inferRouterOutputs<AppRouter>;
type Client = TRPCClient<AppRouter>;

describe('what comes back is typed, and named', () => {
  test('admin', () => {
    expectTypeOf<Out['admin']>().toEqualTypeOf<{
      health: Health;
      ready: Readiness;
      limits: ServerLimits;
      stats: StoreStats;
      verifySchema: SchemaReport;
      audit: Page<AuditRecord>;
    }>();
  });

  test('sessions', () => {
    expectTypeOf<Out['sessions']>().toEqualTypeOf<{ list: Page<BrowserSession>; revoke: BrowserSession }>();
  });

  test('apiKeys', () => {
    expectTypeOf<Out['apiKeys']>().toEqualTypeOf<{
      create: CreatedApiKey;
      list: Page<ApiKey>;
      revoke: ApiKey;
      rotate: CreatedApiKey;
    }>();
  });

  test('agents', () => {
    expectTypeOf<Out['agents']>().toEqualTypeOf<{
      register: Agent;
      update: Agent;
      restore: RestoredAgents;
      list: Page<Agent>;
      workload: AgentWorkload[];
    }>();
  });

  test('contacts', () => {
    expectTypeOf<Out['contacts']>().toEqualTypeOf<{
      get: Contact;
      list: Page<Contact>;
      history: Page<ConversationView>;
      changes: Page<ContactChange>;
      update: Contact;
      setConsent: Contact;
      restore: RestoredContacts;
    }>();
  });

  test('conversations', () => {
    expectTypeOf<Out['conversations']>().toEqualTypeOf<{
      create: Conversation;
      findOrCreate: FoundOrCreated;
      update: Conversation;
      at: Conversation;
      pause: Conversation;
      resume: Conversation;
      close: Conversation;
      abandon: Conversation;
      reopen: Conversation;
      get: ConversationView;
      list: Page<ConversationView>;
      listByStage: Page<ConversationView>;
      listByAgent: Page<ConversationView>;
      findActiveByContact: ConversationView | null;
      history: Page<ConversationView>;
      timeline: TimelinePage;
      export: Page<Entry>;
      restore: RestoredConversation;
    }>();
  });

  test('files', () => {
    expectTypeOf<Out['files']>().toEqualTypeOf<{
      create: CreatedFile;
      get: FoundFile;
      list: Page<FileRecord>;
    }>();
  });

  test('deals, stages and qualification', () => {
    expectTypeOf<Out['deals']>().toEqualTypeOf<{ update: Change; close: Change }>();
    expectTypeOf<Out['stages']>().toEqualTypeOf<{
      transition: Change;
      listNext: NextStage[];
      validate: StageValidation;
      history: Page<StageMove>;
    }>();
    expectTypeOf<Out['qualification']>().toEqualTypeOf<{
      record: Change;
      get: Qualification;
      check: QualificationCheck;
      history: Page<RecordedAnswer>;
    }>();
  });

  test('feed', () => {
    expectTypeOf<Out['feed']['conversation']>().toExtend<AsyncIterable<{ id: string; data: Entry }>>();
    expectTypeOf<Out['feed']['tenant']>().toExtend<AsyncIterable<{ id: string; data: Entry }>>();
  });

  test('followUps', () => {
    expectTypeOf<Out['followUps']>().toEqualTypeOf<{
      schedule: FollowUpChange;
      snooze: FollowUpChange;
      cancel: FollowUpChange;
      complete: FollowUpChange;
      fail: FollowUpChange;
      claim: ClaimedFollowUp[];
      heartbeat: ClaimedFollowUp;
      listDue: Page<FollowUp>;
      list: Page<FollowUp>;
    }>();
  });

  test('handoffs', () => {
    expectTypeOf<Out['handoffs']>().toEqualTypeOf<{
      reassign: Reassigned;
      transfer: HandoffChange;
      request: HandoffChange;
      accept: HandoffChange;
      reject: HandoffChange;
      cancel: HandoffChange;
      takeover: HandoffChange;
      release: HandoffChange;
      list: Page<Handoff>;
      pending: Page<Handoff>;
    }>();
  });

  test('messages', () => {
    expectTypeOf<Out['messages']>().toEqualTypeOf<{
      append: MessageChange;
      appendTurn: TurnChange;
      redact: Change;
      revise: Change;
      report: Change;
      rate: Change;
      list: Page<MessageView>;
      refused: RefusedMessage[];
      canSend: SendPermission;
      reserve: BudgetReservation;
      context: MessageContext;
    }>();
  });

  test('metrics', () => {
    expectTypeOf<Out['metrics']>().toEqualTypeOf<{
      overview: MetricsOverview;
      funnel: MetricsFunnel;
      timeInStage: MetricsTimeInStage;
      responseTimes: MetricsResponseTimes;
      agents: MetricsAgents;
      conversations: Page<CountedConversation>;
      objections: ObjectionStats;
    }>();
  });

  test('objections', () => {
    expectTypeOf<Out['objections']>().toEqualTypeOf<{
      raise: ObjectionChange;
      resolve: ObjectionChange;
      defer: ObjectionChange;
      list: Page<Objection>;
      stats: ObjectionStats;
    }>();
  });

  test('search, session and tenant', () => {
    expectTypeOf<Out['search']>().toEqualTypeOf<{
      conversations: SearchPage<ConversationHit>;
      messages: SearchPage<MessageHit>;
    }>();
    expectTypeOf<Out['session']>().toEqualTypeOf<{
      signIn: { ok: true };
      methods: SignInMethods;
      get: Session;
      actAs: Session;
      signOut: { ok: true };
      createLink: SignInLink;
    }>();
    expectTypeOf<Out['tenant']>().toEqualTypeOf<{ get: Tenant; update: Tenant }>();
  });

  test('ids are branded: one of another kind does not fit', () => {
    expectTypeOf<Out['conversations']['get']['id']>().toEqualTypeOf<ConversationId>();
    expectTypeOf<Out['conversations']['get']['owner']['agentId']>().toEqualTypeOf<AgentId>();
    expectTypeOf<Out['handoffs']['transfer']['handoff']['id']>().toEqualTypeOf<HandoffId>();
    expectTypeOf<Out['objections']['raise']['objection']['id']>().toEqualTypeOf<ObjectionId>();
    expectTypeOf<Out['followUps']['schedule']['followUp']['id']>().toEqualTypeOf<FollowUpId>();
    expectTypeOf<ConversationId>().not.toExtend<HandoffId>();
    expectTypeOf<string>().not.toExtend<ConversationId>();
  });
});

describe('what is sent', () => {
  test('an id may be a plain string: it is checked on the way', () => {
    expectTypeOf<string>().toExtend<In['conversations']['get']['conversationId']>();
    expectTypeOf<ConversationId>().toExtend<In['conversations']['get']['conversationId']>();
    expectTypeOf<string>().toExtend<In['handoffs']['accept']['handoffId']>();
    expectTypeOf<string>().toExtend<In['handoffs']['accept']['by']>();
  });

  test('what has a default may be left out', () => {
    expectTypeOf<{ contactId: string; channel: 'web' }>().toExtend<In['conversations']['create']>();
    expectTypeOf<{
      conversationId: string;
      from: string;
      to: string;
      reason: string;
      trigger: 'manual';
    }>().toExtend<In['handoffs']['transfer']>();
    expectTypeOf<{
      conversationId: string;
      clientMessageId: string;
      author: { kind: 'customer' };
      text: string;
    }>().toExtend<In['messages']['append']>();
    expectTypeOf<object>().toExtend<In['conversations']['list']>();
    expectTypeOf<object>().toExtend<In['followUps']['claim']>();
    expectTypeOf<In['admin']['health']>().toEqualTypeOf<void>();
  });

  test('enums take their words only', () => {
    expectTypeOf<In['stages']['transition']['to']>().toEqualTypeOf<SalesStage>();
    expectTypeOf<'fax'>().not.toExtend<In['conversations']['create']['channel']>();
    expectTypeOf<In['deals']['close']['outcome']>().toEqualTypeOf<'won' | 'lost'>();
    expectTypeOf<In['messages']['append']['author']['kind']>().toEqualTypeOf<
      'customer' | 'agent' | 'system' | 'tool'
    >();
  });

  test('the tenant is never an input', () => {
    type Named = {
      [Area in keyof In]: {
        [Name in keyof In[Area]]: In[Area][Name] extends { tenantId?: unknown }
          ? 'tenantId' extends keyof In[Area][Name]
            ? Name
            : never
          : never;
      }[keyof In[Area]];
    }[keyof In];
    expectTypeOf<Named>().toBeNever();
  });
});

describe('the client', () => {
  test('is typed throughout', () => {
    expectTypeOf<Client>().not.toBeAny();
    expectTypeOf<Client['conversations']['get']['query']>().not.toBeAny();
    expectTypeOf<
      Awaited<ReturnType<Client['conversations']['get']['query']>>
    >().toEqualTypeOf<ConversationView>();
    expectTypeOf<Parameters<Client['messages']['append']['mutate']>[0]>().toEqualTypeOf<
      In['messages']['append']
    >();
  });

  test('asks by query and changes by mutate', () => {
    expectTypeOf<Client['conversations']['get']>().not.toHaveProperty('mutate');
    expectTypeOf<Client['conversations']['create']>().not.toHaveProperty('query');
    expectTypeOf<Client['feed']['conversation']>().toHaveProperty('subscribe');
  });
});
