import type { Command, CommandType, Conversation, KnownEntry } from '@baton/schema';
import { ConversationId } from '@baton/schema';
import { requireFiles } from './attached-files.ts';
import * as contacts from './contact.ts';
import * as conversations from './conversation.ts';
import * as deals from './deal.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import * as erasures from './erasure.ts';
import { evolve } from './evolve.ts';
import * as followUps from './follow-up.ts';
import * as handoffs from './handoff.ts';
import * as messages from './message.ts';
import * as standing from './message-standing.ts';
import * as objections from './objection.ts';
import * as qualification from './qualification.ts';
import { Refusal } from './refusal.ts';
import { requireRegistered } from './registered-agents.ts';
import { toEntries } from './drafts.ts';
import * as stages from './stage.ts';

type ExistingCommandType = Exclude<CommandType, 'conversations.create'>;

const decisions: { [Type in ExistingCommandType]: Decide<Type> } = {
  'conversations.update': conversations.update,
  'conversations.pause': conversations.pause,
  'conversations.endPause': conversations.endPause,
  'conversations.continue': conversations.continueConversation,
  'conversations.resume': conversations.resume,
  'conversations.close': conversations.close,
  'conversations.abandon': conversations.abandon,
  'conversations.reopen': conversations.reopen,
  'messages.append': messages.append,
  'messages.appendTurn': messages.appendTurn,
  'messages.redact': messages.redact,
  'messages.revise': standing.revise,
  'messages.report': standing.report,
  'messages.rate': standing.rate,
  'handoffs.transfer': handoffs.transfer,
  'handoffs.request': handoffs.request,
  'handoffs.accept': handoffs.accept,
  'handoffs.reject': handoffs.reject,
  'handoffs.cancel': handoffs.cancel,
  'handoffs.expire': handoffs.expire,
  'handoffs.takeover': handoffs.takeover,
  'handoffs.release': handoffs.release,
  'stages.transition': stages.transition,
  'qualification.record': qualification.record,
  'objections.raise': objections.raise,
  'objections.resolve': objections.resolve,
  'objections.defer': objections.defer,
  'followUps.schedule': followUps.schedule,
  'followUps.snooze': followUps.snooze,
  'followUps.cancel': followUps.cancel,
  'followUps.complete': followUps.complete,
  'followUps.fail': followUps.fail,
  'followUps.expire': followUps.expire,
  'deals.update': deals.update,
  'deals.close': deals.close,
  'contacts.noteConsent': contacts.noteConsent,
  'privacy.eraseConversation': erasures.eraseConversation,
};

function requireVersion(conversation: Conversation, expected: number | undefined): void {
  if (expected === undefined || expected === conversation.version) return;
  throw new Refusal(
    'VERSION_CONFLICT',
    `The conversation has version ${conversation.version}, not ${expected}`,
    {
      expected,
      version: conversation.version,
    },
  );
}

function requireNotErased({ erasedAt }: Conversation): void {
  if (erasedAt === undefined) return;
  throw new Refusal('CONVERSATION_ERASED', `The conversation was erased at ${erasedAt}`, { erasedAt });
}

function decide(conversation: Conversation | null, command: Command, context: DecideContext): Draft[] {
  if (command.type === 'conversations.create') {
    requireRegistered(command, null, context);
    return conversations.create(command.input, context);
  }
  if (conversation === null) throw new Refusal('NOT_FOUND', 'No such conversation');
  requireNotErased(conversation);
  if ('expectedVersion' in command.input) requireVersion(conversation, command.input.expectedVersion);
  requireRegistered(command, conversation, context);
  requireFiles(command, context);
  // The compiler does not see that the key is the command's own type.
  const decision = decisions[command.type] as Decide<typeof command.type>;
  return decision(conversation, command.input, context);
}

export type Outcome = { conversation: Conversation; entries: KnownEntry[] };

/**
 * Decides a command and applies its entries: the only way to change a conversation.
 * @param conversation null where it does not exist yet
 * @throws Refusal
 */
export function execute(
  conversation: Conversation | null,
  command: Command,
  context: DecideContext,
): Outcome {
  const drafts = decide(conversation, command, context);
  const id = conversation?.id ?? ConversationId.parse(context.id);
  const entries = toEntries(conversation, id, drafts, context);
  let next = conversation;
  for (const entry of entries) next = evolve(next, entry);
  if (next === null) throw new Error(`${command.type} made no entry`);
  return { conversation: next, entries };
}
