import type { ConversationReplica } from '@baton/client';
import type {
  AgentId,
  CommandInput,
  CommandType,
  ConversationId,
  HandoffId,
  MessageChange,
} from '@baton/schema';

type Input<Type extends CommandType, Given extends string = never> = Omit<
  CommandInput<Type>,
  'conversationId' | 'by' | Given
>;

/** All that a person can do with a conversation. Each shows at once, and throws what it was refused with. */
export type Commands = ReturnType<typeof commandsOf>;

export function commandsOf(replica: ConversationReplica, conversationId: ConversationId, by: AgentId) {
  const status = (input: { reason?: string }) => ({ conversationId, by, ...input });
  return {
    say: (
      said: Pick<CommandInput<'messages.append'>, 'text' | 'visibility' | 'ownerEpoch'>,
    ): Promise<MessageChange> => {
      const input: CommandInput<'messages.append'> = {
        conversationId,
        clientMessageId: crypto.randomUUID(),
        author: { kind: 'agent', agentId: by },
        ...said,
      };
      return replica.run('messages.append', input, (api) => api.messages.append.mutate(input));
    },
    redact: (seq: number, reason: string | undefined) => {
      const input = { conversationId, seq, reason, by };
      return replica.run('messages.redact', input, (api) => api.messages.redact.mutate(input));
    },
    takeOver: (reason = 'Taken over by a person') => {
      const input = { conversationId, by, reason };
      return replica.run('handoffs.takeover', input, (api) => api.handoffs.takeover.mutate(input));
    },
    release: (to?: AgentId, reason = 'Given back') => {
      const input = { conversationId, by, to, reason };
      return replica.run('handoffs.release', input, (api) => api.handoffs.release.mutate(input));
    },
    transfer: (given: Input<'handoffs.transfer'>) => {
      const input = { conversationId, ...given };
      return replica.run('handoffs.transfer', input, (api) => api.handoffs.transfer.mutate(input));
    },
    request: (given: Input<'handoffs.request'>) => {
      const input = { conversationId, ...given };
      return replica.run('handoffs.request', input, (api) => api.handoffs.request.mutate(input));
    },
    accept: (handoffId: HandoffId) => {
      const input = { handoffId, by };
      return replica.run('handoffs.accept', input, (api) => api.handoffs.accept.mutate(input));
    },
    reject: (handoffId: HandoffId, reason: string | undefined) => {
      const input = { handoffId, by, reason };
      return replica.run('handoffs.reject', input, (api) => api.handoffs.reject.mutate(input));
    },
    cancelHandoff: (handoffId: HandoffId) => {
      const input = { handoffId, by };
      return replica.run('handoffs.cancel', input, (api) => api.handoffs.cancel.mutate(input));
    },
    move: (given: Input<'stages.transition'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('stages.transition', input, (api) => api.stages.transition.mutate(input));
    },
    record: (given: Input<'qualification.record'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('qualification.record', input, (api) => api.qualification.record.mutate(input));
    },
    raise: (given: Input<'objections.raise'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('objections.raise', input, (api) => api.objections.raise.mutate(input));
    },
    resolve: (given: Input<'objections.resolve', 'handledBy'>) => {
      const input = { handledBy: by, ...given };
      return replica.run('objections.resolve', input, (api) => api.objections.resolve.mutate(input));
    },
    defer: (given: Input<'objections.defer'>) => {
      const input = { by, ...given };
      return replica.run('objections.defer', input, (api) => api.objections.defer.mutate(input));
    },
    schedule: (given: Input<'followUps.schedule'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('followUps.schedule', input, (api) => api.followUps.schedule.mutate(input));
    },
    snooze: (given: Input<'followUps.snooze'>) => {
      const input = { by, ...given };
      return replica.run('followUps.snooze', input, (api) => api.followUps.snooze.mutate(input));
    },
    cancelFollowUp: (given: Input<'followUps.cancel'>) => {
      const input = { by, ...given };
      return replica.run('followUps.cancel', input, (api) => api.followUps.cancel.mutate(input));
    },
    updateDeal: (deal: CommandInput<'deals.update'>['deal']) => {
      const input = { conversationId, by, deal };
      return replica.run('deals.update', input, (api) => api.deals.update.mutate(input));
    },
    closeDeal: (given: Input<'deals.close'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('deals.close', input, (api) => api.deals.close.mutate(input));
    },
    update: (given: Input<'conversations.update'>) => {
      const input = { conversationId, by, ...given };
      return replica.run('conversations.update', input, (api) => api.conversations.update.mutate(input));
    },
    pause: (given: { reason?: string } = {}) =>
      replica.run('conversations.pause', status(given), (api) =>
        api.conversations.pause.mutate(status(given)),
      ),
    resume: () =>
      replica.run('conversations.resume', status({}), (api) => api.conversations.resume.mutate(status({}))),
    close: (given: { reason?: string } = {}) =>
      replica.run('conversations.close', status(given), (api) =>
        api.conversations.close.mutate(status(given)),
      ),
    abandon: (given: { reason?: string } = {}) =>
      replica.run('conversations.abandon', status(given), (api) =>
        api.conversations.abandon.mutate(status(given)),
      ),
    reopen: () =>
      replica.run('conversations.reopen', status({}), (api) => api.conversations.reopen.mutate(status({}))),
  };
}
