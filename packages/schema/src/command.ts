import { z } from 'zod';
import { Consent } from './consent.ts';
import { ConversationId } from './id.ts';
import { Timestamp } from './timestamp.ts';
import { named, type NamedSchema } from './named.ts';
import {
  ChangeStatus,
  ContinueConversation,
  Conversation,
  CreateConversation,
  EndPause,
  PauseConversation,
  ReactivateConversation,
  UpdateConversation,
} from './conversation.ts';
import { CloseDeal, UpdateDeal } from './deal.ts';
import {
  CancelFollowUp,
  CompleteFollowUp,
  ExpireFollowUp,
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
import { RateMessage, ReportMessage, ReviseMessage } from './message-standing.ts';
import { DeferObjection, Objection, RaiseObjection, ResolveObjection } from './objection.ts';
import { EraseConversation } from './privacy.ts';
import { RecordQualification } from './qualification.ts';
import { TransitionStage } from './stage.ts';
import { Entry, MessageEntry } from './timeline.ts';

// The server's own command: what a contact said about messages on the conversation's channel.
export interface NoteConsent {
  conversationId: ConversationId;
  consent: Consent;
  at?: Timestamp | undefined;
}
const NoteConsent: NamedSchema<NoteConsent, { conversationId: string; consent: Consent }> = named(
  z.strictObject({ conversationId: ConversationId, consent: Consent, at: Timestamp.optional() }),
);

/** Every command on a conversation, by the name of its procedure, with the schema of its input: all that can ever change one. */
export interface CommandInputs {
  'conversations.create': typeof CreateConversation;
  'conversations.update': typeof UpdateConversation;
  'conversations.pause': typeof PauseConversation;
  'conversations.endPause': typeof EndPause;
  'conversations.continue': typeof ContinueConversation;
  'conversations.resume': typeof ReactivateConversation;
  'conversations.close': typeof ChangeStatus;
  'conversations.abandon': typeof ChangeStatus;
  'conversations.reopen': typeof ReactivateConversation;
  'messages.append': typeof AppendMessage;
  'messages.appendTurn': typeof AppendTurn;
  'messages.redact': typeof RedactMessage;
  'messages.revise': typeof ReviseMessage;
  'messages.report': typeof ReportMessage;
  'messages.rate': typeof RateMessage;
  'handoffs.transfer': typeof TransferHandoff;
  'handoffs.request': typeof RequestHandoff;
  'handoffs.accept': typeof AcceptHandoff;
  'handoffs.reject': typeof RejectHandoff;
  'handoffs.cancel': typeof CancelHandoff;
  'handoffs.expire': typeof ExpireHandoff;
  'handoffs.takeover': typeof TakeOver;
  'handoffs.release': typeof ReleaseConversation;
  'stages.transition': typeof TransitionStage;
  'qualification.record': typeof RecordQualification;
  'objections.raise': typeof RaiseObjection;
  'objections.resolve': typeof ResolveObjection;
  'objections.defer': typeof DeferObjection;
  'followUps.schedule': typeof ScheduleFollowUp;
  'followUps.snooze': typeof SnoozeFollowUp;
  'followUps.cancel': typeof CancelFollowUp;
  'followUps.complete': typeof CompleteFollowUp;
  'followUps.fail': typeof FailFollowUp;
  'followUps.expire': typeof ExpireFollowUp;
  'deals.update': typeof UpdateDeal;
  'deals.close': typeof CloseDeal;
  'contacts.noteConsent': typeof NoteConsent;
  'privacy.eraseConversation': typeof EraseConversation;
}

export const commandInputs: Readonly<CommandInputs> = {
  'conversations.create': CreateConversation,
  'conversations.update': UpdateConversation,
  'conversations.pause': PauseConversation,
  'conversations.endPause': EndPause,
  'conversations.continue': ContinueConversation,
  'conversations.resume': ReactivateConversation,
  'conversations.close': ChangeStatus,
  'conversations.abandon': ChangeStatus,
  'conversations.reopen': ReactivateConversation,
  'messages.append': AppendMessage,
  'messages.appendTurn': AppendTurn,
  'messages.redact': RedactMessage,
  'messages.revise': ReviseMessage,
  'messages.report': ReportMessage,
  'messages.rate': RateMessage,
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
  'followUps.expire': ExpireFollowUp,
  'deals.update': UpdateDeal,
  'deals.close': CloseDeal,
  'contacts.noteConsent': NoteConsent,
  'privacy.eraseConversation': EraseConversation,
};

export type CommandType = keyof CommandInputs;

/** The names of the fields that a command may have. */
export function commandFieldNames(type: CommandType): string[] {
  const schema: z.ZodType = commandInputs[type];
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

export type CommandInput<Type extends CommandType> = z.infer<CommandInputs[Type]>;

/** A command as it reaches the domain: what to do, and with what. */
export type Command = { [Type in CommandType]: { type: Type; input: CommandInput<Type> } }[CommandType];

/** What a command changed: its entries, and the conversation after them. */
const changeObject = z.strictObject({ conversation: Conversation, entries: z.array(Entry) });
export interface Change {
  conversation: Conversation;
  entries: Entry[];
}
export const Change: NamedSchema<Change> = named(changeObject);

export interface MessageChange {
  conversation: Conversation;
  entry: MessageEntry;
}
export const MessageChange: NamedSchema<MessageChange> = named(
  z.strictObject({ conversation: Conversation, entry: MessageEntry }),
);

export interface FoundOrCreated {
  conversation: Conversation;
  created: boolean;
  /** The caller's own first message; null where it gave none. */
  entry: MessageEntry | null;
}
export const FoundOrCreated: NamedSchema<FoundOrCreated> = named(
  z.strictObject({ conversation: Conversation, created: z.boolean(), entry: MessageEntry.nullable() }),
);

export interface TurnChange {
  conversation: Conversation;
  entries: MessageEntry[];
}
export const TurnChange: NamedSchema<TurnChange> = named(
  z.strictObject({ conversation: Conversation, entries: z.array(MessageEntry) }),
);

export interface HandoffChange extends Change {
  handoff: Handoff;
}
export const HandoffChange: NamedSchema<HandoffChange> = named(changeObject.extend({ handoff: Handoff }));

export interface ObjectionChange extends Change {
  objection: Objection;
}
export const ObjectionChange: NamedSchema<ObjectionChange> = named(
  changeObject.extend({ objection: Objection }),
);

export interface FollowUpChange extends Change {
  followUp: FollowUp;
}
export const FollowUpChange: NamedSchema<FollowUpChange> = named(changeObject.extend({ followUp: FollowUp }));
