import { AgentId, Channel, type SalesStage, SalesStage as Stages } from '@baton/schema';
import type { Document } from 'mongodb';
import type { Family } from './tally.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Where one length of response times ends and the next begins; each holds its own end. */
export const RESPONSE_ENDS_MS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  24 * HOUR,
] as const;

/** What counting needs of an entry; a message's words are not among it. */
export const COUNTED_FIELDS = {
  conversationId: 1,
  seq: 1,
  at: 1,
  channel: 1,
  kind: 1,
  author: 1,
  agentId: 1,
  from: 1,
  to: 1,
  responseMs: 1,
  inStageMs: 1,
  usage: 1,
  outcome: 1,
  'deal.monthlyValueCents': 1,
  action: 1,
  'objection.id': 1,
  'objection.type': 1,
  'objection.status': 1,
  'objection.raisedAt': 1,
  'objection.resolvedAt': 1,
} as const;

/** Takes one amount of a figure. */
export type AddFigure = (family: Family, key: string, amount?: number) => void;

/** A damaged entry may have a negative number, a fraction or no number at all. */
export const wholeOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;

/** Whether a value is an agent's id; a damaged entry may name none. */
export const isAgent = (id: unknown): id is AgentId => AgentId.safeParse(id).success;

export const isStage = (value: unknown): value is SalesStage => Stages.options.some((one) => one === value);

export const channelOf = (value: unknown): Channel | null =>
  Channel.options.find((one) => one === value) ?? null;

export const millisecondsOf = (value: unknown): number | null => {
  const ms = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
};

const isDuration = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * Adds what an entry counts by itself, whatever its conversation.
 * @param bin what is kept of a duration
 */
export function countEntry(entry: Document, add: AddFigure, bin: (ms: number) => number): void {
  switch (entry['kind']) {
    case 'message':
      countMessage(entry, add, bin);
      return;
    case 'owner':
      add('totals', 'handoffs');
      if (isAgent(entry['to'])) add('agents', `${entry['to']}:handoffsIn`);
      if (isAgent(entry['from'])) add('agents', `${entry['from']}:handoffsOut`);
      return;
    case 'deal':
      if (entry['outcome'] === 'lost') add('totals', 'dealsLost');
      if (entry['outcome'] !== 'won') return;
      add('totals', 'dealsWon');
      add('totals', 'wonMonthlyCents', wholeOf(entry['deal']?.monthlyValueCents));
      return;
    case 'stage': {
      const { from, inStageMs } = entry;
      if (!isStage(from) || !isDuration(inStageMs)) return;
      add('stays', `${from}:count`);
      add('stays', `${from}:ms`, inStageMs);
      add('stays', `${from}:${bin(inStageMs)}`);
      return;
    }
    default:
  }
}

function countMessage(entry: Document, add: AddFigure, bin: (ms: number) => number): void {
  const { author, responseMs, usage } = entry;
  const kind: unknown = author?.kind;
  const agentId = isAgent(author?.agentId) ? author.agentId : '';
  const isByAgent = kind === 'agent' && agentId !== '';
  add('totals', 'messages');
  if (kind === 'customer') add('totals', 'customerMessages');
  if (kind === 'agent') add('totals', 'agentMessages');
  if (isByAgent) add('agents', `${agentId}:messages`);
  for (const name of ['inputTokens', 'outputTokens', 'costMicros'] as const) {
    const amount = wholeOf(usage?.[name]);
    if (amount === 0) continue;
    add('totals', name, amount);
    if (isByAgent) add('agents', `${agentId}:${name}`, amount);
  }
  if (!isDuration(responseMs)) return;
  add('answers', `${agentId}:count`);
  add('answers', `${agentId}:ms`, responseMs);
  add('answers', `${agentId}:${bin(responseMs)}`);
  add('lengths', String(RESPONSE_ENDS_MS.filter((end) => responseMs > end).length));
  if (!isByAgent) return;
  add('agents', `${agentId}:answers`);
  add('agents', `${agentId}:responseMs`, responseMs);
}
