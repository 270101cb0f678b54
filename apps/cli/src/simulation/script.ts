import type { AgentId, Conversation, FollowUp, Timestamp } from '@baton/schema';
import type { ApiCommand } from '../api/api-command.ts';
import type { SeededRandom } from './seeded-random.ts';
import { MINUTE_MS, SECOND_MS } from './durations.ts';
import type { Prospect } from './prospect.ts';
import { isHuman, SUPERVISOR } from './team.ts';

/** Ways to say the same thing; one of them is picked. */
export type Variants = readonly [string, ...string[]];

export type ScriptedMessage = { clientMessageId: string; text: string };

/** A message of a story that later steps refer to, as evidence or as the fact of a brief. */
export type MessageLabel =
  | 'opening'
  | 'need'
  | 'budget'
  | 'authority'
  | 'timeline'
  | 'objection'
  | 'request'
  | 'return';

/** What a command is made from once all commands before it have been sent. */
export type CommandInputs = {
  conversation: Conversation;
  at: Timestamp;
  nowMs: number;
  /** The seq of each message in the timeline, by its clientMessageId. */
  seqs: ReadonlyMap<string, number>;
  /** A live lease's token; null where another has the follow-up. */
  lease: (followUpId: FollowUp['id']) => Promise<string | null>;
};

export type ScriptedCommand = {
  /** Counted from the first message. */
  atMs: number;
  command: (inputs: CommandInputs) => ApiCommand | Promise<ApiCommand>;
};

/** One thing that is said or done in a story: adds its commands to the script. */
export type Step = (script: Script) => void;

/** A conversation that is being written down: its commands so far, its clock and its owner. */
export class Script {
  readonly prospect: Prospect;
  readonly random: SeededRandom;
  readonly commands: ScriptedCommand[] = [];
  readonly labels = new Map<MessageLabel, ScriptedMessage>();
  /** The customer's first message, which is sent with the new conversation. */
  opening: ScriptedMessage | null = null;
  lastMessage: ScriptedMessage | null = null;
  lastSpeaker: 'customer' | 'agent' = 'customer';
  owner: AgentId = SUPERVISOR;
  messageCount = 0;
  #nowMs = 0;

  constructor(prospect: Prospect, random: SeededRandom) {
    this.prospect = prospect;
    this.random = random;
  }

  /** From the first message to the latest command, in milliseconds. */
  get lengthMs(): number {
    return this.commands.at(-1)?.atMs ?? 0;
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) step(this);
  }

  /** Lets time pass, give or take a tenth. */
  wait(ms: number): void {
    this.#nowMs += Math.round(ms * (this.random.integer(90, 110) / 100));
  }

  waitSeconds(from: number, to: number): void {
    this.wait(this.random.integer(from, to) * SECOND_MS);
  }

  waitMinutes(from: number, to: number): void {
    this.wait(this.random.integer(from, to) * MINUTE_MS);
  }

  add(command: ScriptedCommand['command']): void {
    this.commands.push({ atMs: this.#nowMs, command });
  }

  createMessage(variants: Variants): ScriptedMessage {
    this.messageCount += 1;
    const message = { clientMessageId: `line-${this.messageCount}`, text: this.random.pick(variants) };
    this.lastMessage = message;
    return message;
  }

  /** AI agents answer in seconds, people in minutes. */
  waitForAgent(agentId: AgentId): void {
    if (isHuman(agentId)) this.waitSeconds(90, 900);
    else this.waitSeconds(9, 55);
  }
}

/** @throws Error where a story refers to something that it does not have */
export function required<Value>(value: Value | null | undefined, name: string): Value {
  if (value == null) throw new Error(`The story has no ${name} here`);
  return value;
}

/** The seq of a message that was sent before. */
export function seqOf({ seqs }: CommandInputs, { clientMessageId, text }: ScriptedMessage): number {
  return required(seqs.get(clientMessageId), `message "${text}"`);
}
