import type { Channel } from '@baton/schema';

/** What a figure belongs to; each is read by itself. */
export type Family =
  /** What was said and done. */
  | 'totals'
  /** How conversations that began in the hour stand now. */
  | 'now'
  /** What each agent has to do now. */
  | 'load'
  /** How long conversations stayed in a stage. */
  | 'stays'
  /** How long customers waited for answers, by agent. */
  | 'answers'
  /** The same by the lengths that `responseTimes` asks for. */
  | 'lengths'
  | 'agents'
  /** Conversations of which each counts once, by what they did. */
  | 'distinct'
  /** How objections that were raised in the hour stand now. */
  | 'objections'
  /** How many of each kind there are. */
  | 'stored';

/** Asked for of all time alone, so no other bucket has them. */
const OF_ALL_TIME: ReadonlySet<Family> = new Set(['load', 'stored']);

/** A channel, or all of them together. */
export type Scope = Channel | 'all';

export type Amounts = Map<string, number>;

export function addAmount(amounts: Amounts, key: string, amount: number): void {
  amounts.set(key, (amounts.get(key) ?? 0) + amount);
}

export function emptyIn<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** What an hour adds to figures, by scope, family and key. */
type HourTally = {
  figures: Map<Scope, Map<Family, Amounts>>;
  /** What counts only in periods that begin by an earlier hour, by that hour, scope and key. */
  spans: Map<number, Map<Scope, Amounts>>;
};

/** Figures as they are summed up, by hours since 1970. */
export class Tally {
  readonly hours = new Map<number, HourTally>();

  /** @param channel null where an entry's cannot be read */
  add(hour: number, channel: Channel | null, family: Family, key: string, amount = 1): void {
    const { figures } = this.#hour(hour);
    for (const scope of scopesOf(channel)) {
      const families = emptyIn(figures, scope, () => new Map<Family, Amounts>());
      addAmount(
        emptyIn(families, family, () => new Map()),
        key,
        amount,
      );
    }
  }

  /** Adds to a distinct figure of the periods that have both hours in them. */
  addSpan([from, to]: readonly [number, number], channel: Channel | null, key: string, amount = 1): void {
    this.add(to, channel, 'distinct', key, amount);
    if (from === to) return;
    const scopes = emptyIn(this.#hour(to).spans, from, () => new Map<Scope, Amounts>());
    for (const scope of scopesOf(channel))
      addAmount(
        emptyIn(scopes, scope, () => new Map()),
        key,
        amount,
      );
  }

  #hour(hour: number): HourTally {
    return emptyIn(this.hours, hour, () => ({ figures: new Map(), spans: new Map() }));
  }
}

const scopesOf = (channel: Channel | null): Scope[] => (channel === null ? ['all'] : ['all', channel]);

export const isOfAllTime = (family: Family): boolean => OF_ALL_TIME.has(family);
