import type {
  AcceptHandoffInput,
  ActAsInput,
  Agent,
  AppendMessageInput,
  AppendTurnInput,
  CancelFollowUpInput,
  CancelHandoffInput,
  ChangeStatusInput,
  PauseConversationInput,
  ClaimFollowUpsInput,
  CloseDealInput,
  CompleteFollowUpInput,
  ArchivedContact,
  CreateConversationInput,
  CreateFileInput,
  DeferObjectionInput,
  ExportConversationsInput,
  FailFollowUpInput,
  FindActiveConversation,
  FindOrCreateConversationInput,
  GetAgentWorkloadInput,
  GetConversationInput,
  CanSendInput,
  ReserveBudgetInput,
  GetFileInput,
  GetMessageContextInput,
  GetQualificationInput,
  HeartbeatFollowUpInput,
  KnownEntry,
  ListAgentsInput,
  CreateApiKeyInput,
  ListApiKeysInput,
  ListAuditInput,
  ListSessionsInput,
  RevokeApiKeyInput,
  RevokeSessionInput,
  RotateApiKeyInput,
  ListContactHistoryInput,
  ListContactsInput,
  ListOfContactInput,
  ListConversationsByAgentInput,
  ListConversationsByStageInput,
  ConversationAtInput,
  ListConversationsInput,
  ListDueFollowUpsInput,
  ListFilesInput,
  ListFollowUpsInput,
  ListHandoffsInput,
  ListMessagesInput,
  ListRefusedMessagesInput,
  ListNextStagesInput,
  ListObjectionsInput,
  ListPendingHandoffsInput,
  ListQualificationHistoryInput,
  ListStageHistoryInput,
  MetricsConversationsInput,
  MetricsPeriodInput,
  RaiseObjectionInput,
  ReadTimelineInput,
  ReactivateConversationInput,
  RecordQualificationInput,
  RateMessageInput,
  RedactMessageInput,
  ReportMessageInput,
  ReviseMessageInput,
  RegisterAgentInput,
  RejectHandoffInput,
  ReleaseConversationInput,
  RequestHandoffInput,
  ResolveObjectionInput,
  RestoreAgentsInput,
  GetContact,
  SetConsent,
  UpdateContact,
  RestoreContactsInput,
  RestoreConversationInput,
  ScheduleFollowUpInput,
  SearchConversationsInput,
  SearchMessagesInput,
  SignInInput,
  SignInLinkOptionsInput,
  SnoozeFollowUpInput,
  SubscribeToConversationInput,
  SubscribeToTenantInput,
  TakeOverInput,
  ReassignConversationsInput,
  TransferHandoffInput,
  TransitionStageInput,
  UpdateAgentInput,
  UpdateConversationInput,
  UpdateDealInput,
  UpdateTenantInput,
  ValidateStageInput,
} from '@baton/schema';
import type { inferRouterInputs } from '@trpc/server';
import { describe, expectTypeOf, test } from 'vitest';
import type { AppRouter } from './api.ts';

type In = inferRouterInputs<AppRouter>;

describe('what every procedure takes is named', () => {
  test('admin', () => {
    expectTypeOf<In['admin']>().toEqualTypeOf<{
      health: void;
      ready: void;
      limits: void;
      stats: void;
      verifySchema: void;
      audit: ListAuditInput;
    }>();
  });

  test('sessions', () => {
    expectTypeOf<In['sessions']>().toEqualTypeOf<{ list: ListSessionsInput; revoke: RevokeSessionInput }>();
  });

  test('apiKeys', () => {
    expectTypeOf<In['apiKeys']>().toEqualTypeOf<{
      create: CreateApiKeyInput;
      list: ListApiKeysInput;
      revoke: RevokeApiKeyInput;
      rotate: RotateApiKeyInput;
    }>();
  });

  test('agents', () => {
    expectTypeOf<In['agents']>().toEqualTypeOf<{
      register: RegisterAgentInput;
      update: UpdateAgentInput;
      restore: RestoreAgentsInput;
      list: ListAgentsInput;
      workload: GetAgentWorkloadInput;
    }>();
  });

  test('files', () => {
    expectTypeOf<In['files']>().toEqualTypeOf<{
      create: CreateFileInput;
      get: GetFileInput;
      list: ListFilesInput;
    }>();
  });

  test('contacts', () => {
    expectTypeOf<In['contacts']>().toEqualTypeOf<{
      get: GetContact;
      list: ListContactsInput;
      history: ListOfContactInput;
      changes: ListOfContactInput;
      update: UpdateContact;
      setConsent: SetConsent;
      restore: RestoreContactsInput;
    }>();
  });

  test('what is restored has the types that it was given out with', () => {
    expectTypeOf<In['conversations']['restore']['entries']>().toEqualTypeOf<KnownEntry[]>();
    expectTypeOf<In['agents']['restore']['agents']>().toEqualTypeOf<Agent[]>();
    expectTypeOf<In['contacts']['restore']['contacts']>().toEqualTypeOf<ArchivedContact[]>();
  });

  test('conversations', () => {
    expectTypeOf<In['conversations']>().toEqualTypeOf<{
      create: CreateConversationInput;
      findOrCreate: FindOrCreateConversationInput;
      update: UpdateConversationInput;
      pause: PauseConversationInput;
      resume: ReactivateConversationInput;
      close: ChangeStatusInput;
      abandon: ChangeStatusInput;
      reopen: ReactivateConversationInput;
      get: GetConversationInput;
      at: ConversationAtInput;
      list: ListConversationsInput;
      listByStage: ListConversationsByStageInput;
      listByAgent: ListConversationsByAgentInput;
      findActiveByContact: FindActiveConversation;
      history: ListContactHistoryInput;
      timeline: ReadTimelineInput;
      export: ExportConversationsInput;
      restore: RestoreConversationInput;
    }>();
  });

  test('deals', () => {
    expectTypeOf<In['deals']>().toEqualTypeOf<{
      update: UpdateDealInput;
      close: CloseDealInput;
    }>();
  });

  test('followUps', () => {
    expectTypeOf<In['followUps']>().toEqualTypeOf<{
      schedule: ScheduleFollowUpInput;
      snooze: SnoozeFollowUpInput;
      cancel: CancelFollowUpInput;
      complete: CompleteFollowUpInput;
      fail: FailFollowUpInput;
      claim: ClaimFollowUpsInput;
      heartbeat: HeartbeatFollowUpInput;
      listDue: ListDueFollowUpsInput;
      list: ListFollowUpsInput;
    }>();
  });

  test('handoffs', () => {
    expectTypeOf<In['handoffs']>().toEqualTypeOf<{
      reassign: ReassignConversationsInput;
      transfer: TransferHandoffInput;
      request: RequestHandoffInput;
      accept: AcceptHandoffInput;
      reject: RejectHandoffInput;
      cancel: CancelHandoffInput;
      takeover: TakeOverInput;
      release: ReleaseConversationInput;
      list: ListHandoffsInput;
      pending: ListPendingHandoffsInput;
    }>();
  });

  test('messages', () => {
    expectTypeOf<In['messages']>().toEqualTypeOf<{
      append: AppendMessageInput;
      appendTurn: AppendTurnInput;
      redact: RedactMessageInput;
      revise: ReviseMessageInput;
      report: ReportMessageInput;
      rate: RateMessageInput;
      list: ListMessagesInput;
      refused: ListRefusedMessagesInput;
      canSend: CanSendInput;
      reserve: ReserveBudgetInput;
      context: GetMessageContextInput;
    }>();
  });

  test('metrics', () => {
    expectTypeOf<In['metrics']>().toEqualTypeOf<{
      overview: MetricsPeriodInput;
      funnel: MetricsPeriodInput;
      timeInStage: MetricsPeriodInput;
      responseTimes: MetricsPeriodInput;
      agents: MetricsPeriodInput;
      conversations: MetricsConversationsInput;
      objections: MetricsPeriodInput;
    }>();
  });

  test('objections', () => {
    expectTypeOf<In['objections']>().toEqualTypeOf<{
      raise: RaiseObjectionInput;
      resolve: ResolveObjectionInput;
      defer: DeferObjectionInput;
      list: ListObjectionsInput;
      stats: MetricsPeriodInput;
    }>();
  });

  test('qualification', () => {
    expectTypeOf<In['qualification']>().toEqualTypeOf<{
      record: RecordQualificationInput;
      get: GetQualificationInput;
      check: GetQualificationInput;
      history: ListQualificationHistoryInput;
    }>();
  });

  test('search', () => {
    expectTypeOf<In['search']>().toEqualTypeOf<{
      conversations: SearchConversationsInput;
      messages: SearchMessagesInput;
    }>();
  });

  test('session', () => {
    expectTypeOf<In['session']>().toEqualTypeOf<{
      signIn: SignInInput;
      methods: void;
      get: void;
      actAs: ActAsInput;
      signOut: void;
      createLink: SignInLinkOptionsInput | undefined | void;
    }>();
  });

  test('stages', () => {
    expectTypeOf<In['stages']>().toEqualTypeOf<{
      transition: TransitionStageInput;
      listNext: ListNextStagesInput;
      validate: ValidateStageInput;
      history: ListStageHistoryInput;
    }>();
  });

  test('tenant', () => {
    expectTypeOf<In['tenant']>().toEqualTypeOf<{
      get: void;
      update: UpdateTenantInput;
    }>();
  });

  test('feed', () => {
    expectTypeOf<In['feed']>().toEqualTypeOf<{
      conversation: SubscribeToConversationInput;
      tenant: SubscribeToTenantInput;
    }>();
  });
});
