import { type Document, ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/** Entries whose ids were given from a second on and before another, since 1970, and how many there were. */
export type Stretch = { from: number; to: number; entries: number };

const firstIdOf = (second: number) => ObjectId.createFromTime(second);

export const idsBetween = (from: number, to?: number): Document => ({
  $gte: firstIdOf(from),
  ...(to !== undefined && { $lt: firstIdOf(to) }),
});

/**
 * How many entries were looked at, by the time of their ids: where there are as many later on, none of them was committed
 * late, and nobody has to read them again. Counting reads keys alone, at a tenth of the cost.
 */
export class SeenEntries {
  readonly #collections: Pick<Collections, 'db' | 'timeline'>;
  /** One after the other, without a gap. */
  #stretches: Stretch[] = [];

  constructor(collections: Pick<Collections, 'db' | 'timeline'>) {
    this.#collections = collections;
  }

  /** Where what was seen ends; null where it does not reach back to a second. */
  endSince(second: number): number | null {
    const [first] = this.#stretches;
    return first !== undefined && first.from <= second ? (this.#stretches.at(-1)?.to ?? null) : null;
  }

  /** To be asked for before the entries are looked at: what comes meanwhile is found by the next count. */
  async count(from: number, to: number): Promise<Stretch> {
    const { db, timeline } = this.#collections;
    const { n } = await db.command({
      count: timeline.collection.collectionName,
      query: { _id: idsBetween(from, to) },
      hint: '_id_',
      maxTimeMS: METRICS_TIMEOUT_MS,
    });
    return { from, to, entries: n };
  }

  /** Takes in a stretch that was looked at: a new one behind the others, or one of them again. */
  add(stretch: Stretch): void {
    const known = this.#stretches.findIndex(({ from }) => from === stretch.from);
    if (known !== -1) this.#stretches[known] = stretch;
    else if (this.#stretches.at(-1)?.to === stretch.from) this.#stretches.push(stretch);
    else this.#stretches = [stretch];
  }

  /** The stretches since a second that have other entries now, counted again; those before are forgotten. */
  async findChanged(second: number): Promise<Stretch[]> {
    this.#stretches = this.#stretches.filter(({ to }) => to > second);
    const [first, last] = [this.#stretches.at(0), this.#stretches.at(-1)];
    if (first === undefined || last === undefined) return [];
    const seen = this.#stretches.reduce((sum, { entries }) => sum + entries, 0);
    const now = await this.count(first.from, last.to);
    if (now.entries === seen) return [];
    const changed: Stretch[] = [];
    for (const stretch of this.#stretches) {
      const again = await this.count(stretch.from, stretch.to);
      if (again.entries !== stretch.entries) changed.push(again);
    }
    return changed;
  }
}
