import type { EntryKind, MetricsPeriod, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { COUNTED_FIELDS, countEntry } from './count-entry.ts';
import { Figures, partsOf, type PeriodParts, readFigures, type Zone } from './figures.ts';
import type { Family } from './tally.ts';

export const ALL_TIME: Zone = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** A filter of instants in a zone. */
export function zoneFilter({ from, to }: Zone): Document {
  return {
    $type: 'date',
    ...(Number.isFinite(from) && { $gte: new Date(from) }),
    ...(Number.isFinite(to) && { $lt: new Date(to) }),
  };
}

/** The figures of a period, and the entries that were read one by one at its ends. */
export type PeriodFigures = { figures: Figures; parts: PeriodParts; ends: Document[] };

/**
 * Reads the figures of a period: its whole hours by what is summed up, its ends by their entries.
 * @param kinds of the entries that these figures count
 */
export async function readPeriod(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
  { families, kinds }: { families: readonly Family[]; kinds: readonly EntryKind[] },
): Promise<PeriodFigures> {
  const parts = partsOf(input);
  const { hours } = parts;
  const { channel } = input;
  const [figures, ...ends] = await Promise.all([
    hours === null
      ? new Figures()
      : readFigures(collections, tenantId, { hours, ...(channel && { channel }) }, families),
    ...parts.ends.map((zone) => readEntries(collections, tenantId, zone, kinds, channel)),
  ]);
  const entries = ends.flat();
  for (const entry of entries)
    countEntry(
      entry,
      (family, key, amount) => {
        if (families.includes(family)) figures.add(family, key, amount);
      },
      (ms) => ms,
    );
  return { figures, parts, ends: entries };
}

function readEntries(
  { timeline }: Collections,
  tenantId: TenantId,
  zone: Zone,
  kinds: readonly EntryKind[],
  channel: MetricsPeriod['channel'],
): Promise<Document[]> {
  return timeline.collection
    .find(
      { tenantId, kind: { $in: kinds }, at: zoneFilter(zone), ...(channel && { channel }) },
      { maxTimeMS: METRICS_TIMEOUT_MS, projection: COUNTED_FIELDS },
    )
    .hint('by_kind')
    .toArray();
}
