import {
  AgentId,
  type Command,
  commandFieldNames,
  commandInputs,
  type CommandType,
  DeliveryState,
  type Conversation,
  type Entry,
  type EntryOf,
  isBlank,
  MessageView,
  SalesStage,
  timestamp,
} from '@baton/schema';
import { anInput } from '@baton/testing';
import fc from 'fast-check';
import { actorOfCommand } from '../src/actor.ts';
import type { AgentState } from '../src/decide.ts';
import { execute } from '../src/execute.ts';
import { instantOfCommand } from '../src/instant.ts';
import { namedAgents } from '../src/named-agents.ts';
import { standingMessages } from '../src/message-standing.ts';
import { Refusal } from '../src/refusal.ts';
import { NEXT_STAGES } from '../src/stage.ts';
import { aContext, anAgent, deepFreeze, defaultAgents, MINUTE_MS } from './scenario.ts';

/** Every command but the one that begins a conversation, and those that erase it: their own tests end with them. */
export const types = (Object.keys(commandInputs) as CommandType[]).filter(
  (type) => type !== 'conversations.create' && !type.startsWith('privacy.'),
);
/** What keeps a scenario going, and what takes two steps, comes more often than chance would have it. */
const often: CommandType[] = [
  ...Array.from({ length: 4 }, () => 'conversations.reopen' as const),
  ...Array.from({ length: 4 }, () => 'handoffs.accept' as const),
  ...(['handoffs.request', 'handoffs.request', 'messages.append', 'messages.append'] as const),
];
export const CONSTRUCTOR = AgentId.parse('constructor');
const agents = defaultAgents(anAgent(CONSTRUCTOR), anAgent(AgentId.parse('valueof'), { kind: 'human' }));
const names = [...agents.keys(), AgentId.parse('nobody')];

/** One step of a random scenario: what is tried, and the numbers that choose its details. */
const steps = fc.record({
  type: fc.constantFrom(...types, ...often),
  pick: fc.nat({ max: 999 }),
  other: fc.nat({ max: 999 }),
  isOwner: fc.boolean(),
  flag: fc.boolean(),
  text: fc
    .string({ unit: 'binary', minLength: 1, maxLength: 200 })
    .filter((text) => text.isWellFormed() && !isBlank(text)),
  // A server's clock may stand still, and may even go back.
  passedMs: fc.integer({ min: -MINUTE_MS, max: 3 * 24 * 60 * MINUTE_MS }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

function chosen<Value>(list: readonly Value[], pick: number): Value | undefined {
  return list[pick % list.length];
}

const answer = (step: Step) => ({ verdict: step.pick % 4 !== 0, confidence: (step.other % 101) / 100 });

/** The details of a step's command: mostly such as the conversation allows, some such as it refuses. */
function detailsOf(conversation: Conversation, step: Step): object {
  const { owner, pendingHandoff, objections, deferredObjections, followUps, lastSeq, version } = conversation;
  const agent = step.isOwner ? owner.agentId : chosen(names, step.pick);
  const to = chosen(names, step.other);
  const soon = timestamp(Date.parse(conversation.updatedAt) + step.pick * MINUTE_MS);
  const stage = chosen(step.flag ? NEXT_STAGES[conversation.stage] : SalesStage.options, step.pick);
  const deal = step.flag ? { monthlyValueCents: step.pick, paymentMethod: 'wire' } : { discountPercent: 1 };
  const lossReason = step.isOwner ? step.text : undefined;
  const expectedVersion = step.other % 10 === 0 ? version + (step.pick % 2) : undefined;
  const author = [{ kind: 'customer' }, { kind: 'agent', agentId: agent }, { kind: 'tool', agentId: agent }][
    step.pick % 3
  ];
  const message = {
    author,
    text: step.text,
    visibility: step.other % 3 === 0 ? 'internal' : 'public',
    inReplyTo: step.flag ? 1 + (step.other % (lastSeq + 1)) : undefined,
    clientMessageId: 'm',
    usage: { model: 'm', inputTokens: step.pick, outputTokens: step.other, costMicros: 1 },
  };
  const handoffInput = {
    from: agent,
    to,
    stage: step.flag ? undefined : stage,
    brief: {
      goal: 'x',
      done: [],
      open: [],
      facts: [{ text: 'x', seqs: [1 + (step.pick % (lastSeq + 1))] }],
      nextStep: 'x',
    },
  };
  const handoffId = pendingHandoff?.id;
  const followUpId = chosen(followUps, step.pick)?.id;
  const objectionId = chosen([...objections, ...deferredObjections], step.pick)?.id;
  const details: Partial<Record<CommandType, object>> = {
    'conversations.pause': { until: step.flag ? soon : undefined },
    'conversations.continue': {
      reopenSince: step.flag ? '2000-01-01T00:00:00.000Z' : undefined,
      initialMessage: step.isOwner ? { text: 'Hello', clientMessageId: 'n' } : undefined,
    },
    'conversations.update': step.flag
      ? { tags: [`tag-${step.pick}`] }
      : { metadata: { constructor: step.pick } },
    'messages.append': { ...message, ownerEpoch: step.other % 5 === 0 ? owner.epoch : undefined },
    'messages.appendTurn': {
      messages: [message, { ...message, author: { kind: 'customer' }, clientMessageId: 'n' }],
    },
    'messages.redact': { seq: 1 + (step.pick % lastSeq) },
    'messages.revise': { seq: 1 + (step.pick % lastSeq), text: step.text },
    'messages.report': {
      seq: 1 + (step.pick % lastSeq),
      state: chosen(DeliveryState.options, step.other),
      sentAt: step.flag ? soon : undefined,
    },
    'messages.rate': { seq: 1 + (step.pick % lastSeq), verdict: step.flag ? 'good' : 'bad' },
    'handoffs.transfer': handoffInput,
    'handoffs.request': { ...handoffInput, expiresAt: step.isOwner ? soon : undefined },
    'handoffs.accept': { handoffId, by: step.flag ? pendingHandoff?.to : to },
    'handoffs.reject': { handoffId, by: step.flag ? pendingHandoff?.to : to },
    'handoffs.cancel': { handoffId },
    'handoffs.expire': { handoffId },
    'handoffs.takeover': { by: to },
    'handoffs.release': { by: agent, to: step.flag ? to : undefined },
    'stages.transition': { to: stage, deal, lossReason, force: step.other % 7 === 0, reason: step.text },
    'qualification.record': {
      budget: { ...answer(step), value: 'x', evidence: [{ seq: 1 + (step.pick % (lastSeq + 1)) }] },
      authority: { ...answer(step), role: 'x' },
      need: step.flag ? { ...answer(step), useCase: 'x' } : undefined,
      timeline: { verdict: true, timeframe: 'x' },
      advance: step.isOwner,
    },
    'objections.resolve': { objectionId, advanceTo: step.flag ? stage : undefined },
    'objections.defer': { objectionId, followUpAt: step.flag ? soon : undefined, by: agent },
    'followUps.schedule': {
      dueAt: step.flag ? soon : { localTime: soon.slice(0, 16), timeZone: 'Europe/Berlin' },
      cancelOn: (['customer_reply', 'stage_change', 'close'] as const).filter(
        (_, n) => (step.other >> n) % 2 === 1,
      ),
      maxAttempts: 1 + (step.other % 3),
      assignee: step.isOwner ? agent : undefined,
    },
    'followUps.snooze': { followUpId, until: soon },
    'followUps.cancel': { followUpId },
    'followUps.complete': { followUpId },
    'followUps.fail': { followUpId },
    'followUps.expire': { followUpId },
    'deals.update': { deal },
    'deals.close': { outcome: step.isOwner ? 'won' : 'lost', deal, lossReason },
  };
  return { ...defined(details[step.type] ?? {}), ...defined({ expectedVersion }) };
}

function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

function commandOf(conversation: Conversation, step: Step): Command {
  const fields = commandFieldNames(step.type);
  const place = fields.includes('conversationId') ? { conversationId: conversation.id } : {};
  const details = detailsOf(conversation, step);
  const known = Object.entries(details).filter(([key]) => fields.includes(key));
  // A type and the input of that very type, which the compiler cannot pair.
  return {
    type: step.type,
    input: anInput(step.type, { ...place, ...Object.fromEntries(known) }),
  } as Command;
}

export type Told = { conversation: Conversation; entries: Entry[] };

/** What is tried one after the other, as a server would do it; `watch` sees each step. */
export function tell(
  path: readonly Step[],
  watch: (before: Told, step: Command, after: Told | Refusal) => void = () => undefined,
): Told {
  let nowMs = Date.parse('2026-01-05T09:00:00.000Z');
  let ids = 0;
  let told: Told | null = null;
  const run = (command: Command, before: Told | null, jitter: number): Told => {
    ids += 1;
    const conversation = before?.conversation ?? null;
    const named = namedAgents(command, conversation);
    const seq = 'seq' in command.input ? command.input.seq : undefined;
    const message = standingMessages(before?.entries ?? []).get(seq ?? 0) ?? null;
    const outcome = execute(
      conversation,
      deepFreeze(command),
      deepFreeze(
        aContext({
          at: instantOfCommand(command, conversation, nowMs),
          actor: actorOfCommand(command, { kind: 'system' }),
          id: ids.toString(16).padStart(24, '0'),
          agents: new Map<AgentId, AgentState>([...agents].filter(([id]) => named.includes(id))),
          mayForce: ids % 2 === 0,
          message: message === null ? null : MessageView.parse(message),
          lease: { token: 'lease-1', isLive: ids % 3 === 0 },
          jitter,
        }),
      ),
    );
    deepFreeze(outcome);
    return { conversation: outcome.conversation, entries: [...(before?.entries ?? []), ...outcome.entries] };
  };
  const create = anInput('conversations.create', { agentId: CONSTRUCTOR, initialMessage: { text: 'Hello' } });
  told = run({ type: 'conversations.create', input: create }, null, 0);
  for (const step of path) {
    nowMs += step.passedMs;
    const command = commandOf(told.conversation, step);
    try {
      const after: Told = run(command, told, step.jitter);
      watch(told, command, after);
      told = after;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      watch(told, command, error);
    }
  }
  return told;
}

export const paths = fc.array(steps, { minLength: 10, maxLength: 60, size: 'max' });
export const RUNS = { numRuns: 100 };

export function holds(property: (path: Step[]) => void): void {
  fc.assert(fc.property(paths, property), RUNS);
}

export function ofKind<Kind extends Entry['kind']>(entries: readonly Entry[], kind: Kind): EntryOf<Kind>[] {
  return entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}
