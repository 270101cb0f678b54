import { truncateText } from '@baton/domain';
import {
  AgentId,
  type Conversation,
  type HandoffTrigger,
  type NewMessage,
  NewMessage as Message,
  isBlank,
  timestamp,
  TURN_LIMIT,
} from '@baton/schema';
import { z } from 'zod';
import { type SeededRandom, seededRandom } from '../../simulation/seeded-random.ts';
import type { ImportFault } from '../import-fault.ts';
import type { SourcedPlan } from '../import-plans.ts';
import type { PlanStep } from '../import-plan.ts';
import type { ChatRun, RunMessage } from './parse-runs.ts';
import { validationMessage } from '../validation-message.ts';

export const ASSISTANT = AgentId.parse('assistant');
export const HUMAN_SUPPORT = AgentId.parse('human_support');
const SOURCE = 'openai-chat';

const TRANSFER_TOOL = 'transfer_to_human_agents';

function toolNames(calls: readonly { function: { name: string } }[]): string {
  return [...new Set(calls.map((call) => call.function.name))].join(', ');
}

/**
 * What the customer never saw is internal: instructions, tool calls and their results, and what the assistant says
 * once a person owns the conversation.
 */
function messageInput({ index, message }: RunMessage, owner: AgentId): z.input<typeof NewMessage> {
  const clientMessageId = `message-${index}`;
  switch (message.role) {
    case 'system':
      return { clientMessageId, author: { kind: 'system' }, text: message.content, visibility: 'internal' };
    case 'user':
      return { clientMessageId, author: { kind: 'customer' }, text: message.content };
    case 'assistant': {
      const { content, tool_calls: calls } = message;
      const isHidden = content === '' || owner !== ASSISTANT;
      return {
        clientMessageId,
        author: { kind: 'agent', agentId: ASSISTANT },
        text: content === '' && calls.length > 0 ? `Calls ${toolNames(calls)}` : content,
        visibility: isHidden ? 'internal' : 'public',
        ...(calls.length > 0 && {
          parts: calls.map((call) => ({
            type: 'tool_call' as const,
            callId: call.id,
            name: call.function.name,
            arguments: call.function.arguments,
          })),
        }),
      };
    }
    case 'tool': {
      const { name, tool_call_id: callId, content } = message;
      return {
        clientMessageId,
        author: { kind: 'tool', agentId: ASSISTANT },
        text: `Result of ${name ?? 'a tool'}`,
        visibility: 'internal',
        parts: [{ type: 'tool_result', callId, ...(name !== undefined && { name }), result: content }],
      };
    }
  }
}

const REASON_LENGTH = 500;
const Transfer = z.looseObject({ summary: z.string().refine((summary) => !isBlank(summary)) });

/** The assistant's summary for the person; null where the message does not call the transfer tool. */
function transferReason({ message }: RunMessage): string | null {
  if (message.role !== 'assistant') return null;
  const call = message.tool_calls.find((candidate) => candidate.function.name === TRANSFER_TOOL);
  if (call === undefined) return null;
  try {
    const { summary } = Transfer.parse(JSON.parse(call.function.arguments));
    return summary.length > REASON_LENGTH ? `${truncateText(summary, REASON_LENGTH - 1)}…` : summary;
  } catch {
    return 'Transferred to a person';
  }
}

const ASKS_FOR_PERSON =
  /\b(human|person|people|representative|someone|somebody|manager|supervisor|live agent)\b/i;

/** The customer's wish where one of their last two messages asks for a person, else the assistant's policy. */
function transferTrigger(asked: readonly string[]): HandoffTrigger {
  return asked.slice(-2).some((words) => ASKS_FOR_PERSON.test(words)) ? 'user_intent' : 'policy';
}

const MINUTE_MS = 60_000;

/** The file has no times: runs start seven minutes apart from here on. */
const FIRST_RUN_AT = Date.UTC(2024, 4, 6, 7);
const RUN_INTERVAL_MS = 7 * MINUTE_MS;

/** Models and tools are quicker than people. */
function messageDelayMs({ message }: RunMessage, random: SeededRandom): number {
  switch (message.role) {
    case 'system':
      return 0;
    case 'user':
      return 8_000 + message.content.length * 90 + random.integer(0, 20_000);
    case 'assistant':
      return 900 + message.content.length * 12 + random.integer(0, 2_500);
    case 'tool':
      return random.integer(80, 900);
  }
}

type Messages = z.input<typeof NewMessage>[];

/** Makes one command of all messages up to the next speaker. */
class TurnBuilder {
  readonly steps: PlanStep[] = [];
  #messages: Messages = [];
  #isCustomer = false;
  nowMs: number;

  constructor(now: number) {
    this.nowMs = now;
  }

  add(message: Messages[number], isCustomer: boolean, delayMs: number): void {
    if (isCustomer !== this.#isCustomer || this.#messages.length === TURN_LIMIT) this.flush();
    this.#isCustomer = isCustomer;
    this.#messages.push(message);
    this.nowMs += delayMs;
  }

  flush(): void {
    const messages = this.#messages;
    if (messages.length === 0) return;
    this.#messages = [];
    const at = timestamp(this.nowMs);
    this.steps.push(({ id: conversationId }) => ({
      type: 'messages.appendTurn',
      input: { conversationId, messages, at },
    }));
  }
}

/**
 * The commands of one run, the same at every import. The handoff takes place once the transfer tool has answered;
 * a reward of 1 completes the conversation, any other abandons it.
 * @param name the set's name, the start of every contactId
 */
export function planRun(run: ChatRun, name: string): { placed: SourcedPlan; faults: ImportFault[] } {
  const { number, place, taskId, trial, reward, messages } = run;
  const faults: ImportFault[] = [];
  const random = seededRandom(number + 1);
  const start = FIRST_RUN_AT + number * RUN_INTERVAL_MS;
  const turns = new TurnBuilder(start);
  const customerTexts: string[] = [];
  let owner = ASSISTANT;
  let reason: string | null = null;
  const transferIfRequested = () => {
    if (reason === null || owner !== ASSISTANT) return;
    turns.flush();
    turns.nowMs += 500;
    const at = timestamp(turns.nowMs);
    const input = { from: ASSISTANT, to: HUMAN_SUPPORT, reason, trigger: transferTrigger(customerTexts), at };
    turns.steps.push(({ id: conversationId }) => ({
      type: 'handoffs.transfer',
      input: { conversationId, ...input },
    }));
    owner = HUMAN_SUPPORT;
  };
  for (const runMessage of messages) {
    const { role, content } = runMessage.message;
    if (role !== 'tool') transferIfRequested();
    const message = Message.safeParse(messageInput(runMessage, owner));
    if (!message.success) {
      faults.push({
        place: `${place}/message ${runMessage.index}`,
        problem: validationMessage(message.error),
      });
      continue;
    }
    if (role === 'user') customerTexts.push(content);
    turns.add(message.data, role === 'user', messageDelayMs(runMessage, random));
    reason ??= transferReason(runMessage);
  }
  transferIfRequested();
  turns.flush();
  const endedAt = timestamp(turns.nowMs + MINUTE_MS);
  const isSolved = reward === 1;
  turns.steps.push(({ id: conversationId }) => ({
    type: isSolved ? 'conversations.close' : 'conversations.abandon',
    input: { conversationId, reason: `Recorded reward ${reward}`, at: endedAt },
  }));
  const record = `${name}-${taskId}-${trial}`;
  const matches = ({ metadata }: Conversation) =>
    metadata['source'] === SOURCE && metadata['record'] === record;
  const plan = {
    key: `${SOURCE}:${record}`,
    create: {
      contactId: record,
      channel: 'web' as const,
      agentId: ASSISTANT,
      tags: [name],
      metadata: { source: SOURCE, record, taskId, trial, reward },
      at: timestamp(start),
    },
    steps: turns.steps,
    matches,
  };
  return { placed: { place, plan }, faults };
}
