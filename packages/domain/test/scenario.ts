import {
  AgentId,
  type Command,
  type CommandInput,
  commandFieldNames,
  commandInputs,
  type CommandType,
  type Conversation,
  type Entry,
  timestamp,
} from '@baton/schema';
import { actorOfCommand } from '../src/actor.ts';
import { namedAgents } from '../src/named-agents.ts';
import type { AgentState, DecideContext } from '../src/decide.ts';
import { execute, type Outcome } from '../src/execute.ts';
import { Refusal } from '../src/refusal.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A Monday. */
export const START = '2026-01-05T09:00:00.000Z';

export const SUPERVISOR = AgentId.parse('supervisor');
export const QUALIFIER = AgentId.parse('qualifier');
export const OBJECTION_HANDLER = AgentId.parse('objection_handler');
export const CLOSER = AgentId.parse('closer');
export const MARIA = AgentId.parse('maria');
export const JONAS = AgentId.parse('jonas');
export const DESK = AgentId.parse('sales_desk');

/** A command's input as a caller writes it, without the conversation's id. */
type CallerInput<Type extends CommandType> = Omit<
  (typeof commandInputs)[Type]['_zod']['input'],
  'conversationId'
>;

export function anAgent(id: AgentId, more: Partial<AgentState> = {}): AgentState {
  return {
    id,
    kind: 'ai',
    capacity: null,
    availability: 'available',
    members: [],
    activeConversations: 0,
    ...more,
  };
}

/** The agents of most tests: four AIs, two people, and a desk that both people serve. */
export function defaultAgents(...more: AgentState[]): Map<AgentId, AgentState> {
  const agents = [
    ...[SUPERVISOR, QUALIFIER, OBJECTION_HANDLER, CLOSER].map((id) => anAgent(id)),
    anAgent(MARIA, { kind: 'human' }),
    anAgent(JONAS, { kind: 'human' }),
    anAgent(DESK, { kind: 'queue', members: [MARIA, JONAS] }),
    ...more,
  ];
  return new Map(agents.map((agent) => [agent.id, agent]));
}

export function aContext(more: Partial<DecideContext> = {}): DecideContext {
  return {
    at: START,
    actor: { kind: 'system' },
    id: 'f'.repeat(24),
    agents: defaultAgents(),
    mayForce: false,
    businessHours: null,
    jitter: 0.5,
    ...more,
  };
}

/** Freezes a value, so that changing it throws. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

/** The refusal that `act` throws; fails where it throws none. */
export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

/**
 * A conversation and the commands that change it, one a minute. Inputs and outcomes are frozen: every test also
 * shows that decisions do not change what they are given.
 */
export class Scenario {
  conversation: Conversation;
  readonly entries: Entry[] = [];
  #now = Date.parse(START);
  #ids = 0;
  #messages = 0;

  constructor(
    created: Partial<CallerInput<'conversations.create'>> = {},
    context: Partial<DecideContext> = {},
  ) {
    const input = commandInputs['conversations.create'].parse({
      contactId: 'contact-1',
      channel: 'web',
      ...created,
    });
    const { conversation } = this.#run(null, { type: 'conversations.create', input }, context);
    this.conversation = conversation;
  }

  get now(): string {
    return timestamp(this.#now);
  }

  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  when<Type extends CommandType>(
    type: Type,
    input: CallerInput<Type>,
    context: Partial<DecideContext> = {},
  ): Outcome {
    const outcome = this.#run(this.conversation, this.command(type, input), context);
    this.conversation = outcome.conversation;
    return outcome;
  }

  /** The refusal of a command, which leaves the scenario as it is. */
  refusal<Type extends CommandType>(
    type: Type,
    input: CallerInput<Type>,
    context: Partial<DecideContext> = {},
  ): Refusal {
    return refusalOf(() => this.#run(this.conversation, this.command(type, input), context));
  }

  command<Type extends CommandType>(type: Type, input: CallerInput<Type>): Command {
    const schema = commandInputs[type];
    const isTargeted = commandFieldNames(type).includes('conversationId');
    const target = isTargeted ? { conversationId: this.conversation.id } : {};
    // A type and the input of that very type, which the compiler cannot pair.
    return { type, input: schema.parse({ ...target, ...input }) as CommandInput<Type> } as Command;
  }

  customerSays(text = 'Hello', more: Partial<CallerInput<'messages.append'>> = {}): Outcome {
    return this.when('messages.append', {
      clientMessageId: this.nextMessageId(),
      author: { kind: 'customer' },
      text,
      ...more,
    });
  }

  agentSays(agentId: AgentId, text = 'Hello', more: Partial<CallerInput<'messages.append'>> = {}): Outcome {
    return this.when('messages.append', {
      clientMessageId: this.nextMessageId(),
      author: { kind: 'agent', agentId },
      text,
      ...more,
    });
  }

  transferTo(to: AgentId, more: Partial<CallerInput<'handoffs.transfer'>> = {}): Outcome {
    return this.when('handoffs.transfer', {
      from: this.conversation.owner.agentId,
      to,
      reason: 'Next',
      trigger: 'manual',
      ...more,
    });
  }

  recordAnswers(more: Partial<CallerInput<'qualification.record'>> = {}): Outcome {
    return this.when('qualification.record', { ...QUALIFYING_ANSWERS, by: QUALIFIER, ...more });
  }

  scheduleFollowUp(
    more: Partial<CallerInput<'followUps.schedule'>> = {},
    context: Partial<DecideContext> = {},
  ): Outcome {
    const dueAt = timestamp(this.#now + DAY_MS);
    return this.when('followUps.schedule', { type: 'nurture', dueAt, ...more }, context);
  }

  raiseObjection(more: Partial<CallerInput<'objections.raise'>> = {}): Outcome {
    return this.when('objections.raise', { type: 'price', text: 'Too dear', severity: 'medium', ...more });
  }

  /** Changes the conversation without a command, so that a test may begin in any state. */
  given(more: Partial<Conversation>): this {
    this.conversation = deepFreeze({ ...this.conversation, ...more });
    return this;
  }

  nextMessageId(): string {
    this.#messages += 1;
    return `m-${this.#messages}`;
  }

  #run(conversation: Conversation | null, command: Command, context: Partial<DecideContext>): Outcome {
    this.#ids += 1;
    const complete = aContext({
      at: this.now,
      actor: actorOfCommand(command, { kind: 'system' }),
      id: this.#ids.toString(16).padStart(24, '0'),
      ...context,
    });
    // The server reads no other agents.
    const named = new Set(namedAgents(command, conversation));
    const agents = complete.agents && new Map([...complete.agents].filter(([id]) => named.has(id)));
    const outcome = execute(conversation, deepFreeze(command), deepFreeze({ ...complete, agents }));
    this.entries.push(...deepFreeze(outcome.entries));
    this.wait(MINUTE_MS);
    return deepFreeze(outcome);
  }
}

export const QUALIFYING_ANSWERS = {
  budget: { verdict: true, value: '500 a month' },
  authority: { verdict: true, role: 'owner' },
  need: { verdict: true, painPoints: ['slow answers'] },
  timeline: { verdict: true, timeframe: 'this month' },
};

/** A new conversation, with what the test changes. */
export function aConversation(more: Partial<Conversation> = {}): Conversation {
  return new Scenario().given(more).conversation;
}
