import type { MetricsPeriod, TenantId } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
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
  isOfAgents,
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

  /** No more than the largest exact integer, which answers may hold. */
  get(family: Family, key: string): number {
    return Math.min(this.of(family).get(key) ?? 0, Number.MAX_SAFE_INTEGER);
  }

  /** Several figures of one subject, `<subject>:<name>`, each as `get` gives it. */
  subjects(family: Family): Map<string, Map<string, number>> {
    const found = new Map<string, Map<string, number>>();
    for (const key of this.of(family).keys()) {
      const at = key.lastIndexOf(':');
      emptyIn(found, key.slice(0, at), () => new Map<string, number>()).set(
        key.slice(at + 1),
        this.get(family, key),
      );
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
  session: ClientSession;
};

const OPTIONS = { maxTimeMS: METRICS_TIMEOUT_MS };

/** How many buckets with packed durations are unpacked before others have a turn. */
const PACKED_TOGETHER = 10;

/**
 * The figures of a period's whole hours: those that are counted, by the fewest buckets, and what is not counted yet. Both are read as of
 * one instant, in a transaction that writes nothing.
 * @param hours since 1970
 */
export async function readFigures(
  collections: Collections,
  tenantId: TenantId,
  { hours, channel }: { hours: Zone; channel?: MetricsPeriod['channel'] },
  families: readonly Family[],
): Promise<Figures> {
  return collections.db.client.withSession((session) =>
    session.withTransaction(
      async () => {
        const query = { collections, tenantId, hours, scope: channel ?? 'all', families, session } as const;
        const figures = new Figures();
        await addBuckets(figures, query);
        await addSpans(figures, query);
        await addUncounted(figures, query);
        return figures;
      },
      { readConcern: { level: 'snapshot' } },
    ),
  );
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
  { collections, tenantId, hours, scope, families, session }: FiguresQuery,
): Promise<void> {
  const durations = families.filter((family) => DURATION_FAMILIES.some((one) => one === family));
  const fields = [
    ...families.map((family) => `figures.${scope}.${family}`),
    ...durations.map((family) => `bins.${scope}.${family}`),
  ];
  const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
  const options = { ...OPTIONS, session, projection, hint: 'by_time' };
  const part = families.some(isOfAgents) ? {} : { part: 0 };
  for (const run of coverOf(hours.from, hours.to)) {
    const found = collections.metrics_buckets.collection.find(
      { tenantId, ...runFilter(run), ...part },
      durations.length === 0 ? options : { ...options, batchSize: PACKED_TOGETHER },
    );
    for await (const document of found) {
      for (const family of families) figures.addAll(family, document['figures']?.[scope]?.[family]);
      for (const family of durations) figures.addBins(family, document['bins']?.[scope]?.[family]);
    }
  }
}

/** Takes away what counts only for periods that begin earlier. */
async function addSpans(
  figures: Figures,
  { collections, tenantId, hours, scope, families, session }: FiguresQuery,
): Promise<void> {
  const distinct = families.filter((family) => family === 'stages' || family === 'work');
  if (distinct.length === 0 || !Number.isFinite(hours.from)) return;
  const lastDay = startOf('day', hours.from);
  const earlier = Array.from({ length: hours.from - lastDay }, (_, hour) => `h${hour}`);
  const wanted: [day: object, parts: readonly string[]][] = [
    [{ $type: 'date', $lt: dateOfHour(lastDay) }, ['day']],
    ...(earlier.length === 0 ? [] : [[dateOfHour(lastDay), earlier] satisfies [object, string[]]]),
  ];
  for (const [day, parts] of wanted) {
    const fields = distinct.flatMap((family) => parts.map((part) => `figures.${scope}.${family}_${part}`));
    const projection = { _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) };
    for (const run of coverOf(hours.from, hours.to)) {
      const filter = { tenantId, ...runFilter(run), day };
      const found = collections.metrics_spans.collection.find(filter, {
        ...OPTIONS,
        session,
        projection,
        hint: 'by_time',
      });
      for await (const { figures: amounts } of found)
        for (const family of distinct)
          for (const part of parts) figures.addAll(family, amounts?.[scope]?.[`${family}_${part}`], -1);
    }
  }
}

async function addUncounted(
  figures: Figures,
  { collections, tenantId, hours, scope, families, session }: FiguresQuery,
): Promise<void> {
  const since = (await countedUpTo(collections, session)) - LONGEST_COMMIT_MS;
  const changed = await findChanged(collections, tenantId, since, session);
  const tally = new Tally();
  figures.uncounted = await readUncounted(collections, tenantId, changed, { session });
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
