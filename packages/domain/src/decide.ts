import type {
  Actor,
  Agent,
  AgentId,
  BusinessHours,
  CommandInput,
  CommandType,
  Consent,
  Conversation,
  FileId,
  KnownEntry,
  MessageView,
  Timestamp,
} from '@baton/schema';
import type { FollowUpCalendar } from './follow-up-calendar.ts';
import type { Sending } from './send-policy.ts';

/** What decisions need to know of an agent. */
export type AgentState = Pick<Agent, 'id' | 'kind' | 'capacity' | 'availability' | 'members'> & {
  activeConversations: number;
};

/** All input of a decision beside the conversation and the command: decisions have no clock, randomness or I/O. */
export type DecideContext = {
  /** The instant of the command; never before the conversation's latest entry. */
  at: Timestamp;
  actor: Actor;
  /** A new id for what the command creates. */
  id: string;
  /** The agents that the command names; null where the caller cannot know them, as in a browser. */
  agents: ReadonlyMap<AgentId, AgentState> | null;
  /** The registered agents among the command's `newcomers`, and perhaps others; undefined where nobody knows them. */
  registered?: ReadonlySet<AgentId>;
  /** The stored files of the conversation among the command's `attachedFiles`; undefined where nobody knows them. */
  files?: ReadonlySet<FileId> | undefined;
  /** Whether the caller may force what the rules of stages and of capacity refuse. */
  mayForce: boolean;
  /** The caller is one agent: its tools say in public what it may say itself. */
  isOneAgent?: boolean | undefined;
  businessHours: BusinessHours | null;
  /** When follow-ups of the contact do not come due; undefined where the tenant has no such times. */
  calendar?: FollowUpCalendar | undefined;
  /** What the tenant's send policy goes by; undefined where it has none, and where the caller cannot know, as in a browser. */
  sending?: Sending | undefined;
  /** Random, 0 to 1: spreads the retries of follow-ups that fail together. */
  jitter: number;
  /**
   * What the contact said about messages on this channel, for a conversation that begins or is reopened; any other knows it
   * by its timeline. Null where nothing was said.
   */
  consent?: Consent | null;
  /** The message that the command is about, as it stands; null where there is none. */
  message?: MessageView | null;
  /** The contact has another active conversation on the channel, so this one cannot become active. */
  staysPaused?: boolean | undefined;
  /** The latest lease of the command's follow-up, which may have run out; null where its claim has ended. */
  lease?: { token: string; isLive: boolean } | null;
};

type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

/** An entry that has no place in the timeline yet. */
export type Draft = DistributiveOmit<KnownEntry, 'conversationId' | 'seq' | 'version' | 'at' | 'actor'>;

/** @throws Refusal */
export type Decide<Type extends CommandType> = (
  conversation: Conversation,
  input: CommandInput<Type>,
  context: DecideContext,
) => Draft[];
