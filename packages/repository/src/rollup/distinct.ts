import { stagesFrom } from '@baton/domain';
import { type AgentId, SalesStage } from '@baton/schema';
import type { Document } from 'mongodb';
import { isAgent, isStage } from './count-entry.ts';
import type { DistinctFamily } from './tally.ts';

/** The latest hours in which a conversation did what it counts for once. */
export type Visits = {
  /** When it was created; null where no entry says so. */
  created: number | null;
  /** By stage. */
  entered: Record<string, number>;
  /** By `from:to`, when it had entered the first stage last, of all that then entered the second. */
  converted: Record<string, number>;
  /** By agent that wrote in it or owned it. */
  worked: Record<AgentId, number>;
};

export const noVisits = (): Visits => ({ created: null, entered: {}, converted: {}, worked: {} });

/** Takes an amount of a distinct figure, for periods that have both hours in them. */
export type AddSpan = (
  span: readonly [number, number],
  family: DistinctFamily,
  key: string,
  amount: number,
) => void;

/*
 * A conversation counts once in each period that has one of some spans of hours in it. The spans of one figure that hold
 * no other of them begin and end one after the other; so those in a period are neighbours, and their number less that of
 * the neighbouring pairs is 1. The sum over all conversations can be kept by the hour in which a span ends.
 */

/**
 * Takes in that a conversation did something in an hour.
 * @param visits is changed
 */
export function countVisits(visits: Visits, entry: Document, hour: number, add: AddSpan): void {
  const { kind } = entry;
  if (kind === 'created') {
    visits.created ??= hour;
    enter(visits, 'lead', hour, add);
  } else if (kind === 'stage' && isStage(entry['to'])) enter(visits, entry['to'], hour, add);
  for (const agentId of agentsIn(entry)) {
    const { worked } = visits;
    // An agent may be called like a member of every object.
    const last = Object.hasOwn(worked, agentId) ? worked[agentId] : undefined;
    countAgain(last, hour, ['work', agentId], add);
    worked[agentId] = hour;
  }
}

/** The agents whose work in a conversation an entry shows. */
export function agentsIn({ kind, author, agentId, from, to }: Document): AgentId[] {
  const named =
    kind === 'created'
      ? [agentId]
      : kind === 'owner'
        ? [from, to]
        : kind === 'message' && author?.kind === 'agent'
          ? [author.agentId]
          : [];
  return named.filter(isAgent);
}

/** One more visit; it counts only in periods that have none before it. */
function countAgain(
  last: number | undefined,
  hour: number,
  figure: readonly [DistinctFamily, string],
  add: AddSpan,
): void {
  if (last === hour) return;
  add([hour, hour], ...figure, 1);
  if (last !== undefined) add([last, hour], ...figure, -1);
}

function enter(visits: Visits, stage: SalesStage, hour: number, add: AddSpan): void {
  const { created, entered, converted } = visits;
  for (const reached of SalesStage.options) {
    const enough = stagesFrom(reached);
    if (created === null || !enough.includes(stage) || enough.some((one) => one in entered)) continue;
    add([created, hour], 'stages', `reached:${reached}`, 1);
  }
  for (const from of SalesStage.options) {
    const left = entered[from];
    if (left === undefined || from === stage) continue;
    const step = `${from}:${stage}`;
    const before = converted[step];
    if (before !== undefined && before >= left) continue;
    add([left, hour], 'stages', `converted:${step}`, 1);
    if (before !== undefined) add([before, hour], 'stages', `converted:${step}`, -1);
    converted[step] = left;
  }
  countAgain(entered[stage], hour, ['stages', `entered:${stage}`], add);
  entered[stage] = hour;
}
