import type { Baton } from '@baton/client';
import type { commandInputs, CommandType, Conversation, FollowUp, Handoff, Objection } from '@baton/schema';
import type { z } from 'zod';

export type Api = Baton['api'];

/** The commands of callers; only the server lets something expire, ends pauses, and erases. */
type ApiCommandType = Exclude<
  CommandType,
  | 'conversations.continue'
  | 'conversations.endPause'
  | 'handoffs.expire'
  | 'followUps.expire'
  | 'contacts.noteConsent'
  | 'privacy.eraseConversation'
>;

type CommandInput<Type extends ApiCommandType> = z.input<(typeof commandInputs)[Type]>;

/** A command as data, by the name of its procedure. */
export type ApiCommand = {
  [Type in ApiCommandType]: { type: Type; input: CommandInput<Type> };
}[ApiCommandType];

/** The conversation after the command, and what the command was about. */
export type CommandResult = {
  conversation: Conversation;
  handoff?: Handoff;
  objection?: Objection;
  followUp?: FollowUp;
};

const senders: { [Type in ApiCommandType]: (api: Api, input: CommandInput<Type>) => Promise<CommandResult> } =
  {
    'conversations.create': async ({ conversations }, input) => ({
      conversation: await conversations.create.mutate(input),
    }),
    'conversations.update': async ({ conversations }, input) => ({
      conversation: await conversations.update.mutate(input),
    }),
    'conversations.pause': async ({ conversations }, input) => ({
      conversation: await conversations.pause.mutate(input),
    }),
    'conversations.resume': async ({ conversations }, input) => ({
      conversation: await conversations.resume.mutate(input),
    }),
    'conversations.close': async ({ conversations }, input) => ({
      conversation: await conversations.close.mutate(input),
    }),
    'conversations.abandon': async ({ conversations }, input) => ({
      conversation: await conversations.abandon.mutate(input),
    }),
    'conversations.reopen': async ({ conversations }, input) => ({
      conversation: await conversations.reopen.mutate(input),
    }),
    'messages.append': ({ messages }, input) => messages.append.mutate(input),
    'messages.appendTurn': ({ messages }, input) => messages.appendTurn.mutate(input),
    'messages.redact': ({ messages }, input) => messages.redact.mutate(input),
    'messages.revise': ({ messages }, input) => messages.revise.mutate(input),
    'messages.report': ({ messages }, input) => messages.report.mutate(input),
    'messages.rate': ({ messages }, input) => messages.rate.mutate(input),
    'handoffs.transfer': ({ handoffs }, input) => handoffs.transfer.mutate(input),
    'handoffs.request': ({ handoffs }, input) => handoffs.request.mutate(input),
    'handoffs.accept': ({ handoffs }, input) => handoffs.accept.mutate(input),
    'handoffs.reject': ({ handoffs }, input) => handoffs.reject.mutate(input),
    'handoffs.cancel': ({ handoffs }, input) => handoffs.cancel.mutate(input),
    'handoffs.takeover': ({ handoffs }, input) => handoffs.takeover.mutate(input),
    'handoffs.release': ({ handoffs }, input) => handoffs.release.mutate(input),
    'stages.transition': ({ stages }, input) => stages.transition.mutate(input),
    'qualification.record': ({ qualification }, input) => qualification.record.mutate(input),
    'objections.raise': ({ objections }, input) => objections.raise.mutate(input),
    'objections.resolve': ({ objections }, input) => objections.resolve.mutate(input),
    'objections.defer': ({ objections }, input) => objections.defer.mutate(input),
    'followUps.schedule': ({ followUps }, input) => followUps.schedule.mutate(input),
    'followUps.snooze': ({ followUps }, input) => followUps.snooze.mutate(input),
    'followUps.cancel': ({ followUps }, input) => followUps.cancel.mutate(input),
    'followUps.complete': ({ followUps }, input) => followUps.complete.mutate(input),
    'followUps.fail': ({ followUps }, input) => followUps.fail.mutate(input),
    'deals.update': ({ deals }, input) => deals.update.mutate(input),
    'deals.close': ({ deals }, input) => deals.close.mutate(input),
  };

export function sendCommand(api: Api, command: ApiCommand): Promise<CommandResult> {
  // The compiler cannot relate the key to the type of the input.
  const sender = senders[command.type] as (api: Api, input: ApiCommand['input']) => Promise<CommandResult>;
  return sender(api, command.input);
}
