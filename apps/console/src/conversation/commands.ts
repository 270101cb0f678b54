import type { ConversationReplica } from '@baton/client';
import {
  type AgentId,
  type CommandInput,
  type CommandType,
  type ConversationId,
  type HandoffId,
  type MessageChange,
  NO_TAKEOVER_REASON,
} from '@baton/schema';

type Input<Type extends CommandType, Given extends string = never> = Omit<
  CommandInput<Type>,
  'conversationId' | 'by' | Given
>;

/** Each command applies optimistically, and throws the refusal. */
export type Commands = ReturnType<typeof createCommands>;

export function createCommands(replica: ConversationReplica, conversationId: ConversationId, by: AgentId) {
  const status = (input: { reason?: string }) => ({ conversationId, by, ...input });
  return {
    sendMessage: (
      message: Pick<CommandInput<'messages.append'>, 'text' | 'visibility' | 'ownerEpoch'>,
    ): Promise<MessageChange> => {
      const input: CommandInput<'messages.append'> = {
        conversationId,
        clientMessageId: crypto.randomUUID(),
        author: { kind: 'agent', agentId: by },
        ...message,
      };
      return replica.run('messages.append', input, (api) => api.messages.append.mutate(input));
    },
    redact: (seq: number, reason: string | undefined) => {
      const input = { conversationId, seq, reason, by };
      return replica.run('messages.redact', input, (api) => api.messages.redact.mutate(input));
    },
    takeOver: (reason = NO_TAKEOVER_REASON) => {
      const input = { conversationId, by, reason };
      return replica.run('handoffs.takeover', input, (api) => api.handoffs.takeover.mutate(input));
    },
    release: (to?: AgentId, reason = 'Given back') => {
      const input = { conversationId, by, to, reason };
      return replica.run('handoffs.release', input, (api) => api.handoffs.release.mutate(input));
    },
    transferOwnership: (fields: Input<'handoffs.transfer'>) => {
      const input = { conversationId, ...fields };
      return replica.run('handoffs.transfer', input, (api) => api.handoffs.transfer.mutate(input));
    },
    requestHandoff: (fields: Input<'handoffs.request'>) => {
      const input = { conversationId, ...fields };
      return replica.run('handoffs.request', input, (api) => api.handoffs.request.mutate(input));
    },
    acceptHandoff: (handoffId: HandoffId) => {
      const input = { handoffId, by };
      return replica.run('handoffs.accept', input, (api) => api.handoffs.accept.mutate(input));
    },
    rejectHandoff: (handoffId: HandoffId, reason: string | undefined) => {
      const input = { handoffId, by, reason };
      return replica.run('handoffs.reject', input, (api) => api.handoffs.reject.mutate(input));
    },
    cancelHandoff: (handoffId: HandoffId) => {
      const input = { handoffId, by };
      return replica.run('handoffs.cancel', input, (api) => api.handoffs.cancel.mutate(input));
    },
    moveStage: (fields: Input<'stages.transition'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('stages.transition', input, (api) => api.stages.transition.mutate(input));
    },
    recordAnswer: (fields: Input<'qualification.record'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('qualification.record', input, (api) => api.qualification.record.mutate(input));
    },
    raiseObjection: (fields: Input<'objections.raise'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('objections.raise', input, (api) => api.objections.raise.mutate(input));
    },
    resolveObjection: (fields: Input<'objections.resolve', 'handledBy'>) => {
      const input = { handledBy: by, ...fields };
      return replica.run('objections.resolve', input, (api) => api.objections.resolve.mutate(input));
    },
    deferObjection: (fields: Input<'objections.defer'>) => {
      const input = { by, ...fields };
      return replica.run('objections.defer', input, (api) => api.objections.defer.mutate(input));
    },
    scheduleFollowUp: (fields: Input<'followUps.schedule'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('followUps.schedule', input, (api) => api.followUps.schedule.mutate(input));
    },
    snoozeFollowUp: (fields: Input<'followUps.snooze'>) => {
      const input = { by, ...fields };
      return replica.run('followUps.snooze', input, (api) => api.followUps.snooze.mutate(input));
    },
    cancelFollowUp: (fields: Input<'followUps.cancel'>) => {
      const input = { by, ...fields };
      return replica.run('followUps.cancel', input, (api) => api.followUps.cancel.mutate(input));
    },
    updateDeal: (deal: CommandInput<'deals.update'>['deal']) => {
      const input = { conversationId, by, deal };
      return replica.run('deals.update', input, (api) => api.deals.update.mutate(input));
    },
    closeDeal: (fields: Input<'deals.close'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('deals.close', input, (api) => api.deals.close.mutate(input));
    },
    update: (fields: Input<'conversations.update'>) => {
      const input = { conversationId, by, ...fields };
      return replica.run('conversations.update', input, (api) => api.conversations.update.mutate(input));
    },
    pause: (fields: Input<'conversations.pause'> = {}) => {
      const input = { conversationId, by, ...fields };
      return replica.run('conversations.pause', input, (api) => api.conversations.pause.mutate(input));
    },
    resume: () =>
      replica.run('conversations.resume', status({}), (api) => api.conversations.resume.mutate(status({}))),
    close: (fields: { reason?: string } = {}) =>
      replica.run('conversations.close', status(fields), (api) =>
        api.conversations.close.mutate(status(fields)),
      ),
    abandon: (fields: { reason?: string } = {}) =>
      replica.run('conversations.abandon', status(fields), (api) =>
        api.conversations.abandon.mutate(status(fields)),
      ),
    reopen: () =>
      replica.run('conversations.reopen', status({}), (api) => api.conversations.reopen.mutate(status({}))),
  };
}
