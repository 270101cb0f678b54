import type {
  AgentId as Agent,
  Conversation,
  DealPatch,
  FollowUp,
  Handoff,
  HandoffTrigger,
  Objection,
  ObjectionSeverity,
  ObjectionType,
  QualificationField,
  SalesStage,
  Timestamp,
} from '@baton/schema';
import { timestamp } from '@baton/schema';
import type { Chance } from '../seeded-random.ts';
import type { FollowUpLeases } from '../api/follow-up-leases.ts';
import type { ApiCommand } from '../api/api-command.ts';
import type { Cast } from './cast.ts';
import { isPerson, SUPERVISOR } from './team.ts';

const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Ways to say the same; chance takes one. */
export type Words = readonly [string, ...string[]];

/** A message that was said, so that evidence and redactions can point at it. */
export type Said = { clientMessageId: string; text: string };

/** What a command may look at once it is its turn. */
export type Scene = {
  conversation: Conversation;
  at: Timestamp;
  nowMs: number;
  /** The place of each message in the timeline. */
  seqs: ReadonlyMap<string, number>;
  leases: FollowUpLeases;
};

export type Step = { atMs: number; command: (scene: Scene) => ApiCommand | Promise<ApiCommand> };

type RecordInput = Extract<ApiCommand, { type: 'qualification.record' }>['input'];
type AnswerInput<Field extends QualificationField> = Omit<NonNullable<RecordInput[Field]>, 'evidence'>;

type Brief = NonNullable<Handoff['brief']>;
export type BriefWords = {
  goal: string;
  done?: string[];
  open?: string[];
  facts?: [text: string, said: Said][];
  nextStep: string;
};

type Handing = {
  reason: string;
  trigger: HandoffTrigger;
  confidence?: number;
  brief?: BriefWords;
  stage?: SalesStage;
};

/** When something is due: so long after the command, or so long before or after the story's now. */
export type Due = { afterMs: number } | { fromNowMs: number } | { localTime: string; inDays: number };

/** What a model costs, in millionths of a dollar a token. */
const MODELS = {
  large: { model: 'lantern-large', inputMicros: 3, outputMicros: 15 },
  small: { model: 'lantern-small', inputMicros: 0.25, outputMicros: 1.25 },
};

function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value == null) throw new Error(`The story has no ${what} here`);
  return value;
}

/**
 * A conversation as it is written down: what is said and done, one after the other, at a plausible pace. Times
 * count from the first message; `simulate` decides when that was.
 */
export class Script {
  readonly cast: Cast;
  readonly chance: Chance;
  readonly steps: Step[] = [];
  readonly tags: string[] = [];
  readonly metadata: Record<string, string | number | boolean | null> = {};
  opening: Said | null = null;
  #ms = 0;
  #said = 0;
  #owner: Agent = SUPERVISOR;
  #spokeLast: 'customer' | 'agent' = 'customer';

  constructor(cast: Cast, chance: Chance) {
    this.cast = cast;
    this.chance = chance;
  }

  /** From the first message to the latest step, in milliseconds. */
  get lengthMs(): number {
    return this.steps.at(-1)?.atMs ?? 0;
  }

  get owner(): Agent {
    return this.#owner;
  }

  #push(command: Step['command']): void {
    this.steps.push({ atMs: this.#ms, command });
  }

  #line(words: Words): Said {
    this.#said += 1;
    return { clientMessageId: `line-${this.#said}`, text: this.chance.pick(words) };
  }

  /** Lets time pass, give or take a tenth. */
  wait(ms: number): this {
    this.#ms += Math.round(ms * (this.chance.between(90, 110) / 100));
    return this;
  }

  /** The first customer message comes with the conversation; the others need a while to be written. */
  customer(...words: Words): Said {
    const said = this.#line(words);
    if (this.opening === null) {
      this.opening = said;
      return said;
    }
    this.wait(
      (this.#spokeLast === 'agent' ? this.chance.between(40, 420) : this.chance.between(8, 40)) * SECOND_MS,
    );
    this.#spokeLast = 'customer';
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.append',
      input: {
        conversationId,
        clientMessageId: said.clientMessageId,
        author: { kind: 'customer' },
        text: said.text,
        at,
      },
    }));
    return said;
  }

  #usage(text: string) {
    const { model, inputMicros, outputMicros } = this.chance.happens(0.7) ? MODELS.large : MODELS.small;
    const inputTokens = 600 + this.#said * 90 + this.chance.between(0, 300);
    const outputTokens = Math.ceil(text.length / 3.6);
    return {
      model,
      inputTokens,
      outputTokens,
      costMicros: Math.round(inputTokens * inputMicros + outputTokens * outputMicros),
    };
  }

  /** What the owner says: machines answer in seconds, people in minutes. */
  agent(...words: Words): Said {
    const said = this.#line(words);
    const agentId = this.#owner;
    const person = isPerson(agentId);
    this.wait((person ? this.chance.between(90, 900) : this.chance.between(9, 55)) * SECOND_MS);
    this.#spokeLast = 'agent';
    const usage = person ? undefined : this.#usage(said.text);
    this.#push(({ conversation, at }) => ({
      type: 'messages.append',
      input: {
        conversationId: conversation.id,
        clientMessageId: said.clientMessageId,
        author: { kind: 'agent', agentId },
        text: said.text,
        usage,
        ownerEpoch: conversation.owner.epoch,
        at,
      },
    }));
    return said;
  }

  /** A remark for colleagues, by the owner or by whoever looks on. */
  note(text: string, by: Agent = this.#owner): Said {
    const said = this.#line([text]);
    this.wait(20 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.append',
      input: {
        conversationId,
        clientMessageId: said.clientMessageId,
        author: { kind: 'agent', agentId: by },
        text,
        visibility: 'internal',
        at,
      },
    }));
    return said;
  }

  /** What a tool found for the owner: an internal message with the call's result. */
  tool(name: string, args: object, result: object): Said {
    const said = this.#line([`${name} answered`]);
    const agentId = this.#owner;
    const callId = `call-${said.clientMessageId}`;
    this.wait(2 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.appendTurn',
      input: {
        conversationId,
        messages: [
          {
            clientMessageId: `${said.clientMessageId}-call`,
            author: { kind: 'agent', agentId },
            text: `Calls ${name}`,
            visibility: 'internal',
            parts: [{ type: 'tool_call', callId, name, arguments: JSON.stringify(args) }],
          },
          {
            clientMessageId: said.clientMessageId,
            author: { kind: 'tool', agentId },
            text: said.text,
            visibility: 'internal',
            parts: [{ type: 'tool_result', callId, name, result: JSON.stringify(result) }],
          },
        ],
        at,
      },
    }));
    return said;
  }

  move(to: SalesStage, reason?: string, lossReason?: string): void {
    const by = this.#owner;
    this.wait(2 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'stages.transition',
      input: { conversationId, to, reason, lossReason, by, at },
    }));
  }

  /** A move that the table does not open, by a manager who says why. */
  force(to: SalesStage, reason: string, by: Agent): void {
    this.wait(30 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'stages.transition',
      input: { conversationId, to, reason, force: true, by, at },
    }));
  }

  /**
   * An answer with its proof: the very words of the customer's message.
   * @param quote words of that message; all of it without them
   * @param deadlineInDays for the timeline: when it has to run, counted from the answer
   */
  answer<Field extends QualificationField>(
    field: Field,
    answer: AnswerInput<Field>,
    proof: Said,
    {
      quote = proof.text,
      advance = false,
      deadlineInDays,
    }: { quote?: string; advance?: boolean; deadlineInDays?: number } = {},
  ): void {
    const by = this.#owner;
    const start = proof.text.indexOf(quote);
    if (start === -1) throw new Error(`"${quote}" is not what was said: "${proof.text}"`);
    this.wait(2 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at, seqs }) => {
      const seq = present(seqs.get(proof.clientMessageId), 'message to prove it');
      const evidence = [{ seq, start, end: start + quote.length }];
      const deadline = deadlineInDays && { deadline: timestamp(Date.parse(at) + deadlineInDays * DAY_MS) };
      return {
        type: 'qualification.record',
        input: { conversationId, [field]: { ...answer, ...deadline, evidence }, by, advance, at },
      };
    });
  }

  #brief(brief: BriefWords | undefined, seqs: Scene['seqs']): Brief | undefined {
    if (brief === undefined) return undefined;
    const { goal, done = [], open = [], facts = [], nextStep } = brief;
    return {
      goal,
      done,
      open,
      facts: facts.map(([text, said]) => ({ text, seqs: [present(seqs.get(said.clientMessageId), 'fact')] })),
      nextStep,
    };
  }

  transfer(to: Agent, { brief, ...handing }: Handing): void {
    const from = this.#owner;
    this.wait(3 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at, seqs }) => ({
      type: 'handoffs.transfer',
      input: { conversationId, from, to, ...handing, brief: this.#brief(brief, seqs), at },
    }));
    this.#owner = to;
  }

  /** Asks for a handoff; it is pending until somebody answers, or runs out. */
  request(to: Agent, { brief, expires, ...handing }: Handing & { expires?: Due }): void {
    const from = this.#owner;
    this.wait(3 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at, seqs, nowMs }) => ({
      type: 'handoffs.request',
      input: {
        conversationId,
        from,
        to,
        ...handing,
        brief: this.#brief(brief, seqs),
        expiresAt: expires === undefined ? undefined : this.#dueInstant(expires, at, nowMs),
        at,
      },
    }));
  }

  accept(by: Agent): void {
    this.wait(this.chance.between(2, 12) * MINUTE_MS);
    this.#push(({ conversation, at }) => ({
      type: 'handoffs.accept',
      input: { handoffId: present(conversation.pendingHandoff, 'pending handoff').id, by, at },
    }));
    this.#owner = by;
  }

  reject(by: Agent, reason: string): void {
    this.wait(this.chance.between(2, 9) * MINUTE_MS);
    this.#push(({ conversation, at }) => ({
      type: 'handoffs.reject',
      input: { handoffId: present(conversation.pendingHandoff, 'pending handoff').id, by, reason, at },
    }));
  }

  takeover(by: Agent, reason: string): void {
    this.wait(this.chance.between(1, 6) * MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'handoffs.takeover',
      input: { conversationId, by, reason, at },
    }));
    this.#owner = by;
  }

  release(to: Agent, reason: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'handoffs.release',
      input: { conversationId, by, to, reason, at },
    }));
    this.#owner = to;
  }

  object(type: ObjectionType, severity: ObjectionSeverity, said: Said): void {
    const by = this.#owner;
    this.wait(2 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'objections.raise',
      input: { conversationId, type, severity, text: said.text, by, at },
    }));
  }

  /** The objection that was raised last. */
  resolve(
    method: string,
    {
      confidence = 0.85,
      notes,
      advanceTo,
    }: { confidence?: number; notes?: string; advanceTo?: SalesStage } = {},
  ): void {
    const handledBy = this.#owner;
    this.wait(5 * SECOND_MS);
    this.#push(({ conversation, at }) => ({
      type: 'objections.resolve',
      input: {
        objectionId: lastObjection(conversation).id,
        method,
        notes,
        handledBy,
        confidence,
        advanceTo,
        at,
      },
    }));
  }

  defer(reason: string, due?: Due): void {
    const by = this.#owner;
    this.wait(5 * SECOND_MS);
    this.#push(({ conversation, at, nowMs }) => ({
      type: 'objections.defer',
      input: {
        objectionId: lastObjection(conversation).id,
        reason,
        followUpAt: due === undefined ? undefined : this.#dueInstant(due, at, nowMs),
        by,
        at,
      },
    }));
  }

  #dueInstant(due: Due, at: Timestamp, nowMs: number): Timestamp {
    if ('afterMs' in due) return timestamp(Date.parse(at) + due.afterMs);
    if ('fromNowMs' in due) return timestamp(nowMs + due.fromNowMs);
    return timestamp(
      Date.parse(`${timestamp(nowMs + due.inDays * DAY_MS).slice(0, 10)}T${due.localTime}:00.000Z`),
    );
  }

  followUp(
    due: Due,
    followUp: Pick<FollowUp, 'type'> &
      Partial<Pick<FollowUp, 'priority' | 'cancelOn' | 'maxAttempts'>> & {
        context?: string;
        assignee?: Agent;
      },
  ): void {
    const by = this.#owner;
    const { timeZone } = this.cast;
    this.wait(3 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at, nowMs }) => {
      const instant = this.#dueInstant(due, at, nowMs);
      const dueAt =
        'localTime' in due ? { localTime: `${instant.slice(0, 10)}T${due.localTime}`, timeZone } : instant;
      return {
        type: 'followUps.schedule',
        input: { conversationId, dueAt, assignee: by, ...followUp, by, at },
      };
    });
  }

  snooze(due: Due): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation, at, nowMs }) => ({
      type: 'followUps.snooze',
      input: { followUpId: lastFollowUp(conversation).id, until: this.#dueInstant(due, at, nowMs), by, at },
    }));
  }

  cancelFollowUp(reason: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation, at }) => ({
      type: 'followUps.cancel',
      input: { followUpId: lastFollowUp(conversation).id, reason, by, at },
    }));
  }

  /** The follow-up must be due: a worker leases it, then says what came of it. */
  completeFollowUp(outcome: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(async ({ conversation, at, leases }) => {
      const { id: followUpId } = lastFollowUp(conversation);
      const leaseToken = present(await leases.acquire(followUpId), 'lease');
      return { type: 'followUps.complete', input: { followUpId, leaseToken, outcome, by, at } };
    });
  }

  failFollowUp(error: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(async ({ conversation, at, leases }) => {
      const { id: followUpId } = lastFollowUp(conversation);
      const leaseToken = present(await leases.acquire(followUpId), 'lease');
      return { type: 'followUps.fail', input: { followUpId, leaseToken, error, by, at } };
    });
  }

  deal(deal: DealPatch): void {
    const by = this.#owner;
    this.wait(20 * SECOND_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.update',
      input: { conversationId, deal, by, at },
    }));
  }

  win(deal: DealPatch): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.close',
      input: {
        conversationId,
        outcome: 'won',
        deal: { startAt: timestamp(Date.parse(at) + 14 * DAY_MS), ...deal },
        by,
        at,
      },
    }));
  }

  lose(lossReason: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.close',
      input: { conversationId, outcome: 'lost', lossReason, by, at },
    }));
  }

  details(tags: string[], metadata: Record<string, string | number | boolean | null> = {}): void {
    const by = this.#owner;
    this.wait(10 * SECOND_MS);
    this.#push(({ conversation, at }) => ({
      type: 'conversations.update',
      input: {
        conversationId: conversation.id,
        tags: [...new Set([...conversation.tags, ...tags])],
        metadata: { ...conversation.metadata, ...metadata },
        by,
        at,
      },
    }));
  }

  status(to: 'pause' | 'resume' | 'abandon' | 'close', reason: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at }) => ({
      type: `conversations.${to}`,
      input: { conversationId, reason, by, at },
    }));
  }

  redact(said: Said, reason: string): void {
    const by = this.#owner;
    this.wait(MINUTE_MS);
    this.#push(({ conversation: { id: conversationId }, at, seqs }) => ({
      type: 'messages.redact',
      input: {
        conversationId,
        seq: present(seqs.get(said.clientMessageId), 'message to redact'),
        reason,
        by,
        at,
      },
    }));
  }
}

function lastObjection({ objections }: Conversation): Objection {
  return present(objections.at(-1), 'active objection');
}

function lastFollowUp({ followUps }: Conversation): FollowUp {
  return present(followUps.at(-1), 'open follow-up');
}
