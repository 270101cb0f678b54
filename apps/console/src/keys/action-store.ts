/** Something that can be done now, by its key or from the palette. */
export type Action = {
  words: string;
  /** `t`, `g i` one after the other, `mod+k` together. */
  keys?: string;
  /** The heading under which the palette lists it; without one it does not. */
  group?: string;
  /** Why it cannot be done now: shown, not run. */
  blocked?: string;
  run: () => void;
};

type Press = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** How long the second key of a pair may take, in milliseconds. */
const PAIR_MS = 1_000;

function isModified(press: Press): boolean {
  return press.metaKey || press.ctrlKey || press.altKey;
}

function matches(keys: string, press: Press): boolean {
  if (!keys.startsWith('mod+')) return !isModified(press) && press.key === keys;
  return (
    (press.metaKey || press.ctrlKey) &&
    !press.altKey &&
    press.key.toLowerCase() === keys.slice(4).toLowerCase()
  );
}

type Registration = { owner: symbol; actions: readonly Action[] };

/** All of an action that can be seen. */
function looksOf(actions: readonly Action[]): string {
  return JSON.stringify(actions.map(({ words, keys, group, blocked }) => [words, keys, group, blocked]));
}

/** What can be done now. What was registered last wins a key: a dialog over the page that opened it. */
export class ActionStore {
  readonly #listeners = new Set<() => void>();
  #registered: readonly Registration[] = [];
  #all: readonly Action[] | null = null;
  #first: { key: string; at: number } | null = null;

  /** Puts an owner's actions in the place of those that it had; listeners hear of it where they look different. */
  register(owner: symbol, actions: readonly Action[]): void {
    const known = this.#registered.find((each) => each.owner === owner);
    if (known === undefined) {
      this.#registered = [...this.#registered, { owner, actions }];
      this.#changed();
      return;
    }
    const looksDifferent = looksOf(known.actions) !== looksOf(actions);
    known.actions = actions;
    if (looksDifferent) this.#changed();
  }

  remove(owner: symbol): void {
    this.#registered = this.#registered.filter((each) => each.owner !== owner);
    this.#changed();
  }

  /** The latest registered first; the same array until something looks different. */
  get all(): readonly Action[] {
    this.#all ??= this.#registered.toReversed().flatMap((registration) =>
      registration.actions.map((action, index) => ({
        ...action,
        run: () => registration.actions[index]?.run(),
      })),
    );
    return this.#all;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * The action of a press, or null; remembers the first key of a pair.
   * @param at when it was pressed, in milliseconds
   */
  find(press: Press, at: number): Action | null {
    const first = this.#first !== null && at - this.#first.at <= PAIR_MS ? this.#first.key : null;
    this.#first = null;
    if (first !== null && !isModified(press)) {
      const paired = this.all.find(({ keys }) => keys === `${first} ${press.key}`);
      if (paired !== undefined) return paired;
    }
    const single = this.all.find(
      ({ keys }) => keys !== undefined && !keys.includes(' ') && matches(keys, press),
    );
    if (single !== undefined) return single;
    const begins = !isModified(press) && this.all.some(({ keys }) => keys?.startsWith(`${press.key} `));
    if (begins) this.#first = { key: press.key, at };
    return null;
  }

  #changed(): void {
    this.#all = null;
    for (const listener of this.#listeners) listener();
  }
}
