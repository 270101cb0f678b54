import { isRefused } from '@baton/client';
import type { Conversation } from '@baton/schema';
import { allItems } from '../api/pagination.ts';
import { type Api, sendCommand, type ApiCommand } from '../api/api-command.ts';

type CreateInput = Extract<ApiCommand, { type: 'conversations.create' }>['input'];

/** One command, made once the conversation that it is for is known. */
export type PlanStep = (conversation: Conversation) => ApiCommand;

/**
 * All commands of one conversation, in order. Every command makes one version, so a conversation's version
 * says how many of them are done: a plan that was cut short goes on where it stopped.
 */
export type ImportPlan = {
  /** The conversation in its source, and the start of every idempotency key. */
  key: string;
  create: CreateInput;
  steps: PlanStep[];
  /** Tells the conversation from others of the same contact. */
  matches: (conversation: Conversation) => boolean;
};

export type PlanResult = { conversation: Conversation; sent: number };

/** The conversation of a plan where it was brought in before; null where not. */
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

/** Gives a command what makes it safe to send twice: its key, where it can have one, and the version it builds on. */
export function retryable({ type, input }: ApiCommand, key: string, version: number): ApiCommand {
  const isMessage = type === 'messages.append' || type === 'messages.appendTurn';
  const idempotencyKey = isMessage ? {} : { idempotencyKey: `${key}:${version}` };
  const expectedVersion = type === 'conversations.create' ? {} : { expectedVersion: version };
  // Adds only what the type's own input takes.
  return { type, input: { ...input, ...expectedVersion, ...idempotencyKey } } as ApiCommand;
}

/** How often another import of the same plan may come in between before this one gives up. */
const MAX_CONFLICTS = 20;

/**
 * Carries out what of a plan is not done yet; a second time it sends nothing.
 * @throws what the server refuses, with the conversation left at the last command that went in
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
