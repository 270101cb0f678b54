import { isRefused } from '@baton/client';
import type { Conversation } from '@baton/schema';
import { everyPage } from '../api/pages.ts';
import { type Api, send, type SentCommand } from '../api/send.ts';

type CreateInput = Extract<SentCommand, { type: 'conversations.create' }>['input'];

/** One command, made once the conversation that it is for is known. */
export type Step = (conversation: Conversation) => SentCommand;

/**
 * All commands of one conversation, in order. Every command makes one version, so a conversation's version
 * says how many of them are done: a plan that was cut short goes on where it stopped.
 */
export type Plan = {
  /** The conversation in its source, and the start of every idempotency key. */
  key: string;
  create: CreateInput;
  steps: Step[];
  /** Tells the conversation from others of the same contact. */
  isSame: (conversation: Conversation) => boolean;
};

export type PlanResult = { conversation: Conversation; sent: number };

/** The conversation of a plan where it was brought in before; null where not. */
async function findDone(api: Api, { create: { contactId }, isSame }: Plan): Promise<Conversation | null> {
  for await (const conversation of everyPage((page) =>
    api.conversations.history.query({ contactId, ...page }),
  )) {
    if (isSame(conversation)) return conversation;
  }
  return null;
}

/** Gives a command what makes it safe to send twice: its key, where it can have one, and the version it builds on. */
export function guarded({ type, input }: SentCommand, key: string, version: number): SentCommand {
  const isMessage = type === 'messages.append' || type === 'messages.appendTurn';
  const idempotencyKey = isMessage ? {} : { idempotencyKey: `${key}:${version}` };
  const expectedVersion = type === 'conversations.create' ? {} : { expectedVersion: version };
  // Adds only what the type's own input takes.
  return { type, input: { ...input, ...expectedVersion, ...idempotencyKey } } as SentCommand;
}

/** How often another import of the same plan may come in between before this one gives up. */
const MOST_CONFLICTS = 20;

/**
 * Carries out what of a plan is not done yet; a second time it sends nothing.
 * @throws what the server refuses, with the conversation left at the last command that went in
 */
export async function carryOut(api: Api, plan: Plan): Promise<PlanResult> {
  let conversation = await findDone(api, plan);
  let sent = 0;
  let conflicts = 0;
  if (conversation === null) {
    const create = guarded({ type: 'conversations.create', input: plan.create }, plan.key, 0);
    conversation = (await send(api, create)).conversation;
    sent += 1;
  }
  for (;;) {
    const version: number = conversation.version;
    const step = plan.steps[version - 1];
    if (step === undefined) return { conversation, sent };
    try {
      conversation = (await send(api, guarded(step(conversation), plan.key, version))).conversation;
      sent += 1;
    } catch (error) {
      conflicts += 1;
      if (!isRefused(error, 'VERSION_CONFLICT') || conflicts > MOST_CONFLICTS) throw error;
      conversation = await api.conversations.get.query({ conversationId: conversation.id });
    }
  }
}
