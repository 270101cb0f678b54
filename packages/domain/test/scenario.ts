import {
  AgentId,
  type Command,
  type CommandInput,
  commandInputs,
  type CommandType,
  type Conversation,
  type Entry,
  timestamp,
} from '@baton/schema';
import { actorOfCommand } from '../src/actor.ts';
import { agentsNamed } from '../src/agents-named.ts';
import type { AgentOnDuty, DecideContext } from '../src/decide.ts';
import { execute, type Outcome } from '../src/execute.ts';
import { Refusal } from '../src/refusal.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** When a story begins: a Monday. */
export const BEGINNING = '2026-01-05T09:00:00.000Z';

export const SUPERVISOR = AgentId.parse('supervisor');
export const QUALIFIER = AgentId.parse('qualifier');
export const OBJECTION_HANDLER = AgentId.parse('objection_handler');
export const CLOSER = AgentId.parse('closer');
export const MARIA = AgentId.parse('maria');
export const JONAS = AgentId.parse('jonas');
export const DESK = AgentId.parse('sales_desk');

/** What a caller writes of a command; the story fills in its own conversation. */
type Given<Type extends CommandType> = Omit<(typeof commandInputs)[Type]['_zod']['input'], 'conversationId'>;

export function anAgent(id: AgentId, more: Partial<AgentOnDuty> = {}): AgentOnDuty {
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
export function agentsOnDuty(...more: AgentOnDuty[]): Map<AgentId, AgentOnDuty> {
  const agents = [
    ...[SUPERVISOR, QUALIFIER, OBJECTION_HANDLER, CLOSER].map((id) => anAgent(id)),
    anAgent(MARIA, { kind: 'human' }),
    anAgent(JONAS, { kind: 'human' }),
    anAgent(DESK, { kind: 'queue', members: [MARIA, JONAS] }),
    ...more,
  ];
  return new Map(agents.map((agent) => [agent.id, agent]));
}

export function decideContext(more: Partial<DecideContext> = {}): DecideContext {
  return {
    at: BEGINNING,
    actor: { kind: 'system' },
    id: 'f'.repeat(24),
    agents: agentsOnDuty(),
    mayForce: false,
    businessHours: null,
    jitter: 0.5,
    ...more,
  };
}

/** Makes a value that throws where somebody changes it. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

/** The refusal that an act ends with; throws where it is not refused. */
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
 * A conversation as its commands make it, one a minute. All that goes in and comes out is frozen, so every test
 * of a story also proves that a decision changes nothing that it was given.
 */
export class Story {
  conversation: Conversation;
  readonly entries: Entry[] = [];
  #now = Date.parse(BEGINNING);
  #ids = 0;
  #messages = 0;

  constructor(created: Partial<Given<'conversations.create'>> = {}, context: Partial<DecideContext> = {}) {
    const input = commandInputs['conversations.create'].parse({
      contactId: 'contact-1',
      channel: 'web',
      ...created,
    });
    const { conversation } = this.#run(null, { type: 'conversations.create', input }, context);
    this.conversation = conversation;
  }

  /** The story's clock. */
  get now(): string {
    return timestamp(this.#now);
  }

  /** Moves the clock on. */
  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  do<Type extends CommandType>(
    type: Type,
    input: Given<Type>,
    context: Partial<DecideContext> = {},
  ): Outcome {
    const outcome = this.#run(this.conversation, this.command(type, input), context);
    this.conversation = outcome.conversation;
    return outcome;
  }

  /** The refusal that a command ends with; the story goes on as if nothing had been asked. */
  refusal<Type extends CommandType>(
    type: Type,
    input: Given<Type>,
    context: Partial<DecideContext> = {},
  ): Refusal {
    return refusalOf(() => this.#run(this.conversation, this.command(type, input), context));
  }

  /** A command on this story's conversation, as a parsed input makes it. */
  command<Type extends CommandType>(type: Type, input: Given<Type>): Command {
    const schema = commandInputs[type];
    const place = 'conversationId' in schema.shape ? { conversationId: this.conversation.id } : {};
    // A type and the input of that very type, which the compiler cannot pair.
    return { type, input: schema.parse({ ...place, ...input }) as CommandInput<Type> } as Command;
  }

  customerSays(text = 'Hello', more: Partial<Given<'messages.append'>> = {}): Outcome {
    return this.do('messages.append', {
      clientMessageId: this.nextMessageId(),
      author: { kind: 'customer' },
      text,
      ...more,
    });
  }

  agentSays(agentId: AgentId, text = 'Hello', more: Partial<Given<'messages.append'>> = {}): Outcome {
    return this.do('messages.append', {
      clientMessageId: this.nextMessageId(),
      author: { kind: 'agent', agentId },
      text,
      ...more,
    });
  }

  handTo(to: AgentId, more: Partial<Given<'handoffs.transfer'>> = {}): Outcome {
    return this.do('handoffs.transfer', {
      from: this.conversation.owner.agentId,
      to,
      reason: 'Next',
      trigger: 'manual',
      ...more,
    });
  }

  /** Four answers that qualify. */
  answer(more: Partial<Given<'qualification.record'>> = {}): Outcome {
    return this.do('qualification.record', { ...FOUR_ANSWERS, by: QUALIFIER, ...more });
  }

  schedule(more: Partial<Given<'followUps.schedule'>> = {}, context: Partial<DecideContext> = {}): Outcome {
    const dueAt = timestamp(this.#now + DAY_MS);
    return this.do('followUps.schedule', { type: 'nurture', dueAt, ...more }, context);
  }

  raise(more: Partial<Given<'objections.raise'>> = {}): Outcome {
    return this.do('objections.raise', { type: 'price', text: 'Too dear', severity: 'medium', ...more });
  }

  /** Puts the conversation as it is not by its own doing: a test may begin anywhere. */
  at(more: Partial<Conversation>): this {
    this.conversation = frozen({ ...this.conversation, ...more });
    return this;
  }

  nextMessageId(): string {
    this.#messages += 1;
    return `m-${this.#messages}`;
  }

  #run(conversation: Conversation | null, command: Command, context: Partial<DecideContext>): Outcome {
    this.#ids += 1;
    const given = decideContext({
      at: this.now,
      actor: actorOfCommand(command, { kind: 'system' }),
      id: this.#ids.toString(16).padStart(24, '0'),
      ...context,
    });
    // A decision sees the agents that its command names, no others: the server reads no more than those.
    const named = new Set(agentsNamed(command, conversation));
    const agents = given.agents && new Map([...given.agents].filter(([id]) => named.has(id)));
    const outcome = execute(conversation, frozen(command), frozen({ ...given, agents }));
    this.entries.push(...frozen(outcome.entries));
    this.wait(MINUTE_MS);
    return frozen(outcome);
  }
}

export const FOUR_ANSWERS = {
  budget: { verdict: true, value: '500 a month' },
  authority: { verdict: true, role: 'owner' },
  need: { verdict: true, painPoints: ['slow answers'] },
  timeline: { verdict: true, timeframe: 'this month' },
};

/** A conversation in the smallest state, with what the test says instead. */
export function aConversation(more: Partial<Conversation> = {}): Conversation {
  return new Story().at(more).conversation;
}
