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
  /** Conversations of which each counts once, by the stages that they entered. */
  | 'stages'
  /** Conversations of which each counts once, by the agents that worked in them. */
  | 'work'
  /** How objections that were raised in the hour stand now. */
  | 'objections'
  /** How many of each kind there are. */
  | 'stored';

/** Families of conversations that count once. */
export type DistinctFamily = 'stages' | 'work';

/** How many durations there are of each length: kept as packed bins, but for `count` and `ms`. */
export const DURATION_FAMILIES = ['stays', 'answers'] as const satisfies readonly Family[];

/** Figures of agents, of whom there may be many: of months and of all time they lie in documents of their own. */
const OF_AGENTS: ReadonlySet<Family> = new Set(['agents', 'work', 'answers', 'load']);

export const isOfAgents = (family: Family): boolean => OF_AGENTS.has(family);

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
  /** What counts only in periods that begin by an earlier hour, by that hour, scope, family and key. */
  spans: Map<number, Map<Scope, Map<DistinctFamily, Amounts>>>;
};

/** Figures as they are summed up, by hours since 1970. */
export class Tally {
  readonly hours = new Map<number, HourTally>();

  /** @param channel null where an entry's cannot be read */
  add(hour: number, channel: Channel | null, family: Family, key: string, amount = 1): void {
    addTo(this.#hour(hour).figures, channel, family, key, amount);
  }

  /** Adds to a distinct figure of the periods that have both hours in them. */
  addSpan(
    [from, to]: readonly [number, number],
    channel: Channel | null,
    family: DistinctFamily,
    key: string,
    amount: number,
  ): void {
    this.add(to, channel, family, key, amount);
    if (from === to) return;
    const scopes = emptyIn(this.#hour(to).spans, from, () => new Map<Scope, Map<DistinctFamily, Amounts>>());
    addTo(scopes, channel, family, key, amount);
  }

  #hour(hour: number): HourTally {
    return emptyIn(this.hours, hour, () => ({ figures: new Map(), spans: new Map() }));
  }
}

function addTo<Of extends Family>(
  scopes: Map<Scope, Map<Of, Amounts>>,
  channel: Channel | null,
  family: Of,
  key: string,
  amount: number,
): void {
  for (const scope of scopesOf(channel)) {
    const families = emptyIn(scopes, scope, () => new Map<Of, Amounts>());
    addAmount(
      emptyIn(families, family, () => new Map()),
      key,
      amount,
    );
  }
}

const scopesOf = (channel: Channel | null): Scope[] => (channel === null ? ['all'] : ['all', channel]);

export const isOfAllTime = (family: Family): boolean => OF_ALL_TIME.has(family);
