import { z } from 'zod';
import { ChangeStatus, Conversation, CreateConversation, UpdateConversation } from './conversation.ts';
import { CloseDeal, UpdateDeal } from './deal.ts';
import {
  CancelFollowUp,
  CompleteFollowUp,
  FailFollowUp,
  FollowUp,
  ScheduleFollowUp,
  SnoozeFollowUp,
} from './follow-up.ts';
import {
  AcceptHandoff,
  CancelHandoff,
  ExpireHandoff,
  Handoff,
  RejectHandoff,
  ReleaseConversation,
  RequestHandoff,
  TakeOver,
  TransferHandoff,
} from './handoff.ts';
import { AppendMessage, AppendTurn, RedactMessage } from './message.ts';
import { DeferObjection, Objection, RaiseObjection, ResolveObjection } from './objection.ts';
import { RecordQualification } from './qualification.ts';
import { TransitionStage } from './stage.ts';
import { Entry, MessageEntry } from './timeline.ts';

/** Every command on a conversation, by the name of its procedure: all that can ever change one. */
export const commandInputs = {
  'conversations.create': CreateConversation,
  'conversations.update': UpdateConversation,
  'conversations.pause': ChangeStatus,
  'conversations.resume': ChangeStatus,
  'conversations.close': ChangeStatus,
  'conversations.abandon': ChangeStatus,
  'conversations.reopen': ChangeStatus,
  'messages.append': AppendMessage,
  'messages.appendTurn': AppendTurn,
  'messages.redact': RedactMessage,
  'handoffs.transfer': TransferHandoff,
  'handoffs.request': RequestHandoff,
  'handoffs.accept': AcceptHandoff,
  'handoffs.reject': RejectHandoff,
  'handoffs.cancel': CancelHandoff,
  'handoffs.expire': ExpireHandoff,
  'handoffs.takeover': TakeOver,
  'handoffs.release': ReleaseConversation,
  'stages.transition': TransitionStage,
  'qualification.record': RecordQualification,
  'objections.raise': RaiseObjection,
  'objections.resolve': ResolveObjection,
  'objections.defer': DeferObjection,
  'followUps.schedule': ScheduleFollowUp,
  'followUps.snooze': SnoozeFollowUp,
  'followUps.cancel': CancelFollowUp,
  'followUps.complete': CompleteFollowUp,
  'followUps.fail': FailFollowUp,
  'deals.update': UpdateDeal,
  'deals.close': CloseDeal,
} as const;

export type CommandType = keyof typeof commandInputs;
export type CommandInput<Type extends CommandType> = z.infer<(typeof commandInputs)[Type]>;

/** A command as it reaches the domain: what to do, and with what. */
export type Command = { [Type in CommandType]: { type: Type; input: CommandInput<Type> } }[CommandType];

/** What a command changed: its entries, and the conversation after them. */
export const Change = z.strictObject({ conversation: Conversation, entries: z.array(Entry) });
export type Change = z.infer<typeof Change>;

export const MessageChange = z.strictObject({ conversation: Conversation, entry: MessageEntry });
export type MessageChange = z.infer<typeof MessageChange>;

export const TurnChange = z.strictObject({ conversation: Conversation, entries: z.array(MessageEntry) });
export type TurnChange = z.infer<typeof TurnChange>;

export const HandoffChange = Change.extend({ handoff: Handoff });
export type HandoffChange = z.infer<typeof HandoffChange>;

export const ObjectionChange = Change.extend({ objection: Objection });
export type ObjectionChange = z.infer<typeof ObjectionChange>;

export const FollowUpChange = Change.extend({ followUp: FollowUp });
export type FollowUpChange = z.infer<typeof FollowUpChange>;
