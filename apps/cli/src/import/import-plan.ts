import { isRefused } from '@baton/client';
import type { Conversation } from '@baton/schema';
import { allItems } from '../api/pagination.ts';
import { type Api, sendCommand, type ApiCommand } from '../api/api-command.ts';

type CreateInput = Extract<ApiCommand, { type: 'conversations.create' }>['input'];

/** Makes a command for the conversation as it is at that point. */
export type PlanStep = (conversation: Conversation) => ApiCommand;

/**
 * All commands of one conversation, in order. Every command adds one to the version, so the version says how many
 * are done, and an import that was cut short continues there.
 */
export type ImportPlan = {
  /** Identifies the conversation in its source; the prefix of every idempotency key. */
  key: string;
  create: CreateInput;
  steps: PlanStep[];
  /** Whether a conversation of the contact is the one of this plan. */
  matches: (conversation: Conversation) => boolean;
};

export type PlanResult = { conversation: Conversation; sent: number };

async function findImported(
  api: Api,
  { create: { contactId }, matches }: ImportPlan,
): Promise<Conversation | null> {
  for await (const conversation of allItems((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    if (matches(conversation)) return conversation;
  }
  return null;
}

/** Adds the idempotency key, where the command takes one, and the expected version. */
export function retryable({ type, input }: ApiCommand, key: string, version: number): ApiCommand {
  const isMessage = type === 'messages.append' || type === 'messages.appendTurn';
  const idempotencyKey = isMessage ? {} : { idempotencyKey: `${key}:${version}` };
  const expectedVersion = type === 'conversations.create' ? {} : { expectedVersion: version };
  // Only fields that the input of this type has.
  return { type, input: { ...input, ...expectedVersion, ...idempotencyKey } } as ApiCommand;
}

/** Another import of the same source may run at the same time. */
const MAX_CONFLICTS = 20;

/**
 * Sends the commands of a plan that are not done yet.
 * @throws what the server refuses; the conversation stays as the last command left it
 */
export async function executePlan(api: Api, plan: ImportPlan): Promise<PlanResult> {
  let conversation = await findImported(api, plan);
  let sent = 0;
  let conflicts = 0;
  if (conversation === null) {
    const create = retryable({ type: 'conversations.create', input: plan.create }, plan.key, 0);
    conversation = (await sendCommand(api, create)).conversation;
    sent += 1;
  }
  for (;;) {
    const version: number = conversation.version;
    const step = plan.steps[version - 1];
    if (step === undefined) return { conversation, sent };
    try {
      conversation = (await sendCommand(api, retryable(step(conversation), plan.key, version))).conversation;
      sent += 1;
    } catch (error) {
      conflicts += 1;
      if (!isRefused(error, 'VERSION_CONFLICT') || conflicts > MAX_CONFLICTS) throw error;
      conversation = await api.conversations.get.query({ conversationId: conversation.id });
    }
  }
}
