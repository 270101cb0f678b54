import type {
  Actor,
  Agent,
  AgentId,
  BusinessHours,
  CommandInput,
  CommandType,
  Conversation,
  Entry,
  MessageEntry,
  Timestamp,
} from '@baton/schema';

/** An agent that a command names, with what it has on its hands. */
export type AgentOnDuty = Pick<Agent, 'id' | 'kind' | 'capacity' | 'availability' | 'members'> & {
  activeConversations: number;
};

/** All that a decision may look at beside the conversation and the command: no clock, no chance, no reads. */
export type DecideContext = {
  /** When it happens; never before the conversation's latest entry. */
  at: Timestamp;
  actor: Actor;
  /** A fresh id for the one thing that the command may make. */
  id: string;
  /** The agents that the command names; null where the caller cannot know them, as in a browser. */
  agents: ReadonlyMap<AgentId, AgentOnDuty> | null;
  /** Whether the caller may pass the rules with a reason. */
  mayForce: boolean;
  businessHours: BusinessHours | null;
  /** 0 to 1: spreads retries of work that fails together. */
  jitter: number;
  /** The message that a redaction names; null where there is none. */
  message?: MessageEntry | null;
  /** The live lease of the follow-up that a command names; null where none holds. */
  lease?: { token: string } | null;
};

type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

/** An entry before it has its place in the timeline. */
export type Draft = DistributiveOmit<Entry, 'conversationId' | 'seq' | 'version' | 'at' | 'actor'>;

/** Decides one command on a conversation that exists; throws a Refusal. */
export type Decide<Type extends CommandType> = (
  conversation: Conversation,
  input: CommandInput<Type>,
  context: DecideContext,
) => Draft[];
