import { Refusal } from '@baton/domain';
import type { MetricsPeriod, TenantId } from '@baton/schema';
import type { Document, Filter } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { countConversation } from './count-conversation.ts';
import { coverOf, dateOfHour, HOUR_MS, hourOf, type Run, startOf } from './hours.ts';
import { BIN_COUNT, unpackBins } from './histogram.ts';
import {
  addAmount,
  type Amounts,
  DURATION_FAMILIES,
  emptyIn,
  type Family,
  type Scope,
  Tally,
} from './tally.ts';
import { subjectOf } from './write-tally.ts';
import { countedUpTo, findChanged, LONGEST_COMMIT_MS, readUncounted, type Uncounted } from './uncounted.ts';

/** Instants in milliseconds since 1970: from inclusive, to exclusive. */
export type Zone = { from: number; to: number };

/** The whole hours of a period, null where it has none, and what is left of it at its ends. */
export type PeriodParts = { hours: Zone | null; ends: Zone[] };

/** @returns hours since 1970 in `hours`, milliseconds in `ends` */
export function partsOf({ from, to }: MetricsPeriod): PeriodParts {
  const begin = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const end = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  const hours = { from: Math.ceil(begin / HOUR_MS), to: hourOf(end) };
  if (hours.from >= hours.to) return { hours: null, ends: [{ from: begin, to: end }] };
  const ends = [
    { from: begin, to: hours.from * HOUR_MS },
    { from: hours.to * HOUR_MS, to: end },
  ];
  return { hours, ends: ends.filter((zone) => zone.from < zone.to) };
}

/** The amounts of each family that was asked for. */
export class Figures {
  readonly #families = new Map<Family, Amounts>();
  readonly #bins = new Map<Family, Map<string, Float64Array>>();
  /** The conversations that have changed since the last were counted, with what they had then. */
  uncounted: readonly Uncounted[] = [];

  of(family: Family): Amounts {
    return emptyIn(this.#families, family, () => new Map());
  }

  add(family: Family, key: string, amount = 1): void {
    addAmount(this.of(family), key, amount);
  }

  addAll(family: Family, amounts: Record<string, number> | undefined, times = 1): void {
    for (const key in amounts) this.add(family, key, times * (amounts[key] ?? 0));
  }

  /** @param packed by the fields of subjects */
  addBins(family: Family, packed: Record<string, string> | undefined): void {
    for (const field in packed) {
      const sums = emptyIn(this.bins(family), subjectOf(field), () => new Float64Array(BIN_COUNT));
      unpackBins(packed[field] ?? '', (bin, count) => {
        sums[bin] = (sums[bin] ?? 0) + count;
      });
    }
  }

  /** How many durations fall into each bin, by subject; those that are not binned are figures. */
  bins(family: Family): Map<string, Float64Array> {
    return emptyIn(this.#bins, family, () => new Map());
  }

  get(family: Family, key: string): number {
    return this.of(family).get(key) ?? 0;
  }

  /** Several figures of one subject, `<subject>:<name>`. */
  subjects(family: Family): Map<string, Map<string, number>> {
    const found = new Map<string, Map<string, number>>();
    for (const [key, amount] of this.of(family)) {
      const at = key.lastIndexOf(':');
      emptyIn(found, key.slice(0, at), () => new Map<string, number>()).set(key.slice(at + 1), amount);
    }
    return found;
  }
}

type FiguresQuery = {
  collections: Collections;
  tenantId: TenantId;
  hours: Zone;
  scope: Scope;
  families: readonly Family[];
};

/** Reads begin anew where figures are counted meanwhile; that often at most. */
const MOST_READS = 20;

/**
 * The figures of a period's whole hours: those that are counted, by the fewest buckets, and what is not counted yet.
 * @param hours since 1970
 * @throws Refusal UNAVAILABLE where so much is counted just now that they cannot be read in between
 */
export async function readFigures(
  collections: Collections,
  tenantId: TenantId,
  { hours, channel }: { hours: Zone; channel?: MetricsPeriod['channel'] },
  families: readonly Family[],
): Promise<Figures> {
  const query = { collections, tenantId, hours, scope: channel ?? 'all', families } as const;
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const before = await countOfEntries(collections, tenantId);
    const figures = new Figures();
    await Promise.all([addBuckets(figures, query), addSpans(figures, query), addUncounted(figures, query)]);
    // What was counted meanwhile may be in one of these and not in another.
    if ((await countOfEntries(collections, tenantId)) === before) return figures;
  }
  throw new Refusal('UNAVAILABLE', 'The figures are being counted just now; ask again in a moment');
}

const OPTIONS = { maxTimeMS: METRICS_TIMEOUT_MS };

/** How many entries are counted of a tenant: with all that is counted, this changes. */
async function countOfEntries(
  { metrics_buckets: buckets }: Collections,
  tenantId: TenantId,
): Promise<number> {
  const found = await buckets.collection.findOne(
    { tenantId, level: 'all', at: dateOfHour(0) },
    { ...OPTIONS, projection: { 'figures.all.stored.entries': 1 } },
  );
  return found?.['figures']?.all?.stored?.entries ?? 0;
}

function runFilter({ level, from, to }: Run): Document {
  return {
    level,
    at: {
      $type: 'date',
      ...(Number.isFinite(from) && { $gte: dateOfHour(from) }),
      ...(Number.isFinite(to) && { $lt: dateOfHour(to) }),
    },
  };
}

async function addBuckets(
  figures: Figures,
  { collections, tenantId, hours, scope, families }: FiguresQuery,
): Promise<void> {
  const durations = families.filter((family) => DURATION_FAMILIES.some((one) => one === family));
  const fields = [
    ...families.map((family) => `figures.${scope}.${family}`),
    ...durations.map((family) => `bins.${scope}.${family}`),
  ];
  const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
  const finding = coverOf(hours.from, hours.to).map((run) =>
    collections.metrics_buckets.collection
      .find({ tenantId, ...runFilter(run) }, { ...OPTIONS, projection })
      .hint('by_time')
      .toArray(),
  );
  for (const document of (await Promise.all(finding)).flat()) {
    for (const family of families) figures.addAll(family, document['figures']?.[scope]?.[family]);
    for (const family of durations) figures.addBins(family, document['bins']?.[scope]?.[family]);
  }
}

/** Takes away what counts only for periods that begin earlier. */
async function addSpans(
  figures: Figures,
  { collections, tenantId, hours, scope, families }: FiguresQuery,
): Promise<void> {
  const distinct = families.filter((family) => family === 'stages' || family === 'work');
  if (distinct.length === 0 || !Number.isFinite(hours.from)) return;
  const lastDay = startOf('day', hours.from);
  const earlier = Array.from({ length: hours.from - lastDay }, (_, hour) => `h${hour}`);
  const find = async (day: object, parts: readonly string[]) => {
    const fields = distinct.flatMap((family) => parts.map((part) => `figures.${scope}.${family}_${part}`));
    const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
    const finding = coverOf(hours.from, hours.to).map((run) => {
      const filter: Filter<Document> = { tenantId, ...runFilter(run), day };
      return collections.metrics_spans.collection
        .find(filter, { ...OPTIONS, projection })
        .hint('by_time')
        .toArray();
    });
    for (const { figures: found } of (await Promise.all(finding)).flat())
      for (const family of distinct)
        for (const part of parts) figures.addAll(family, found?.[scope]?.[`${family}_${part}`], -1);
  };
  await Promise.all([
    find({ $type: 'date', $lt: dateOfHour(lastDay) }, ['day']),
    earlier.length === 0 ? null : find(dateOfHour(lastDay), earlier),
  ]);
}

async function addUncounted(
  figures: Figures,
  { collections, tenantId, hours, scope, families }: FiguresQuery,
): Promise<void> {
  const since = (await countedUpTo(collections)) - LONGEST_COMMIT_MS;
  const changed = await findChanged(collections, tenantId, since);
  const tally = new Tally();
  figures.uncounted = await readUncounted(collections, tenantId, changed);
  for (const { counted, conversation, entries } of figures.uncounted)
    countConversation(counted, conversation, entries, tally, (ms) => ms);
  const isIn = (hour: number) => hour >= hours.from && hour < hours.to;
  for (const [hour, one] of tally.hours) {
    if (!isIn(hour)) continue;
    for (const family of families)
      for (const [key, amount] of one.figures.get(scope)?.get(family) ?? []) figures.add(family, key, amount);
    for (const [from, scopes] of one.spans)
      if (from < hours.from)
        for (const [family, amounts] of scopes.get(scope) ?? [])
          if (families.includes(family))
            for (const [key, amount] of amounts) figures.add(family, key, -amount);
  }
}
