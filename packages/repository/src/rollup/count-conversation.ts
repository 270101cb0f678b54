import {
  type AgentId,
  type Channel,
  ConversationStatus,
  ObjectionStatus,
  ObjectionType,
  type SalesStage,
} from '@baton/schema';
import { BEGINS_A_HANDOFF, isClosed } from '@baton/domain';
import type { Document } from 'mongodb';
import { channelOf, countEntry, isAgent, isStage, millisecondsOf } from './count-entry.ts';
import { countVisits, noVisits, type Visits } from './distinct.ts';
import { hourOf } from './hours.ts';
import type { Tally } from './tally.ts';

/** Statuses in which a customer may still wait for an answer. */
export const OPEN_STATUSES = ConversationStatus.options.filter((status) => !isClosed({ status }));

/** How a conversation is counted among those that there are. */
export type Standing = {
  /** When it was created. */
  hour: number;
  channel: Channel;
  status: ConversationStatus;
  stage: SalesStage;
  owner: AgentId;
  /** Since when its customer waits for an answer, where it is open. */
  waitingSince: number | null;
};

/** What is counted of a conversation, and what counting the rest of it needs. */
export type Counted = {
  /** The last entry that is counted. */
  seq: number;
  owner: AgentId | null;
  visits: Visits;
  /** The open objections, as they are counted. */
  objections: Record<string, string>;
  standing: Standing | null;
};

/** The fields of a conversation's document that counting reads. */
export const STANDING_FIELDS = {
  lastSeq: 1,
  createdAt: 1,
  channel: 1,
  status: 1,
  stage: 1,
  'owner.agentId': 1,
  'metrics.waitingSince': 1,
} as const;

/** Null where the document is damaged. */
export function standingOf(conversation: Document): Standing | null {
  const createdAt = millisecondsOf(conversation['createdAt']);
  const channel = channelOf(conversation['channel']);
  const status = ConversationStatus.options.find((one) => one === conversation['status']);
  const { stage } = conversation;
  const owner: unknown = conversation['owner']?.agentId;
  if (createdAt === null || channel === null || status === undefined) return null;
  if (!isStage(stage) || !isAgent(owner)) return null;
  const waitingSince = isClosed({ status }) ? null : millisecondsOf(conversation['metrics']?.waitingSince);
  return { hour: hourOf(createdAt), channel, status, stage, owner, waitingSince };
}

/** One of the figures `now`: how many conversations stand so. */
export function standingKey({ status, stage, waitingSince }: Omit<Standing, 'hour'>): string {
  return `${status}:${stage}:${waitingSince === null ? 'answered' : 'waiting'}`;
}

/**
 * Counts the entries that are not counted yet, in their order, and how the conversation stands now.
 * @param conversation its document; null for the pieces of one that is not restored whole, which is in no list yet
 * @param bin what is kept of a duration
 */
export function countConversation(
  before: Counted | null,
  conversation: Document | null,
  entries: readonly Document[],
  tally: Tally,
  bin: (ms: number) => number,
): Counted {
  const counted = before === null ? nothingCounted() : structuredClone(before);
  for (const entry of entries) {
    counted.seq = entry['seq'];
    tally.add(0, null, 'stored', 'entries');
    const at = millisecondsOf(entry['at']);
    if (at === null) continue;
    const hour = hourOf(at);
    const channel = channelOf(entry['channel']);
    if (entry['kind'] === 'created') tally.add(0, null, 'stored', 'conversations');
    countEntry(entry, (...figure) => tally.add(hour, channel, ...figure), bin);
    countVisits(counted.visits, entry, hour, (span, ...figure) => tally.addSpan(span, channel, ...figure));
    countOutcome(counted, entry, tally, hour, channel);
    if (conversation !== null) countProjected(counted, entry, tally, channel);
  }
  const standing = conversation === null ? null : standingOf(conversation);
  if (counted.standing !== null) addStanding(tally, counted.standing, -1);
  if (standing !== null) addStanding(tally, standing, 1);
  counted.standing = standing;
  return counted;
}

const nothingCounted = (): Counted => ({
  seq: 0,
  owner: null,
  visits: noVisits(),
  objections: {},
  standing: null,
});

/** Credits a deal to who owned the conversation then. */
function countOutcome(
  counted: Counted,
  entry: Document,
  tally: Tally,
  hour: number,
  channel: Channel | null,
): void {
  if (entry['kind'] === 'deal' && entry['outcome'] === 'won' && counted.owner !== null)
    tally.add(hour, channel, 'agents', `${counted.owner}:dealsWon`);
  if (entry['kind'] !== 'created' && entry['kind'] !== 'owner') return;
  const owner: unknown = entry['kind'] === 'created' ? entry['agentId'] : entry['to'];
  counted.owner = isAgent(owner) ? owner : null;
}

/** Counts what entries say of handoffs, objections and follow-ups, as their lists have them. */
function countProjected(counted: Counted, entry: Document, tally: Tally, channel: Channel | null): void {
  const { kind, action } = entry;
  if (kind === 'handoff' && BEGINS_A_HANDOFF.has(action)) tally.add(0, null, 'stored', 'handoffs');
  if (kind === 'follow_up' && action === 'scheduled') tally.add(0, null, 'stored', 'followUps');
  if (kind !== 'objection') return;
  const { id, raisedAt, resolvedAt, ...objection } = entry['objection'] ?? {};
  const raised = millisecondsOf(raisedAt);
  const type = ObjectionType.options.find((one) => one === objection.type);
  const status = ObjectionStatus.options.find((one) => one === objection.status);
  if (raised === null || type === undefined || status === undefined) return;
  const key = String(id);
  const was = counted.objections[key];
  if (was === undefined) tally.add(0, null, 'stored', 'objections');
  else tally.add(hourOf(raised), channel, 'objections', `${type}:${was}`, -1);
  tally.add(hourOf(raised), channel, 'objections', `${type}:${status}`);
  const resolved = millisecondsOf(resolvedAt);
  if (resolved !== null) tally.add(hourOf(raised), channel, 'objections', `${type}:ms`, resolved - raised);
  if (status === 'resolved') delete counted.objections[key];
  else counted.objections[key] = status;
}

function addStanding(tally: Tally, standing: Standing, amount: number): void {
  const { hour, channel, status, owner, waitingSince } = standing;
  tally.add(hour, channel, 'now', standingKey(standing), amount);
  if (status === 'active') tally.add(0, null, 'load', `${owner}:active`, amount);
  if (waitingSince !== null) tally.add(0, null, 'load', `${owner}:waiting`, amount);
}
