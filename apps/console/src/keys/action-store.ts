/** Something that can be done now, by its key or from the palette. */
export type Action = {
  label: string;
  /** `t`, `g i` one after the other, `mod+k` together. */
  keys?: string;
  /** The heading under which the palette lists it; without one it does not. */
  group?: string;
  /** Why it cannot be done now: shown, not run. */
  blockedReason?: string;
  run: () => void;
};

type KeyPress = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** How long the second key of a pair may take, in milliseconds. */
const PAIR_MS = 1_000;

function isModified(press: KeyPress): boolean {
  return press.metaKey || press.ctrlKey || press.altKey;
}

function matches(keys: string, press: KeyPress): boolean {
  if (!keys.startsWith('mod+')) return !isModified(press) && press.key === keys;
  return (
    (press.metaKey || press.ctrlKey) &&
    !press.altKey &&
    press.key.toLowerCase() === keys.slice(4).toLowerCase()
  );
}

type Registration = { owner: symbol; actions: readonly Action[] };

/** All of an action that can be seen. */
function appearanceOf(actions: readonly Action[]): string {
  return JSON.stringify(
    actions.map(({ label, keys, group, blockedReason }) => [label, keys, group, blockedReason]),
  );
}

/** What can be done now. What was registered last wins a key: a dialog over the page that opened it. */
export class ActionStore {
  readonly #listeners = new Set<() => void>();
  #registrations: readonly Registration[] = [];
  #actions: readonly Action[] | null = null;
  #firstKey: { key: string; at: number } | null = null;

  /** Puts an owner's actions in the place of those that it had; listeners hear of it where they look different. */
  register(owner: symbol, actions: readonly Action[]): void {
    const known = this.#registrations.find((each) => each.owner === owner);
    if (known === undefined) {
      this.#registrations = [...this.#registrations, { owner, actions }];
      this.#notify();
      return;
    }
    const hasAppearanceChanged = appearanceOf(known.actions) !== appearanceOf(actions);
    known.actions = actions;
    if (hasAppearanceChanged) this.#notify();
  }

  remove(owner: symbol): void {
    this.#registrations = this.#registrations.filter((each) => each.owner !== owner);
    this.#notify();
  }

  /** The latest registered first; the same array until something looks different. */
  get actions(): readonly Action[] {
    this.#actions ??= this.#registrations.toReversed().flatMap((registration) =>
      registration.actions.map((action, index) => ({
        ...action,
        run: () => registration.actions[index]?.run(),
      })),
    );
    return this.#actions;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * The action of a press, or null; remembers the first key of a pair.
   * @param at when it was pressed, in milliseconds
   */
  handleKey(press: KeyPress, at: number): Action | null {
    const firstKey = this.#firstKey !== null && at - this.#firstKey.at <= PAIR_MS ? this.#firstKey.key : null;
    this.#firstKey = null;
    if (firstKey !== null && !isModified(press)) {
      const paired = this.actions.find(({ keys }) => keys === `${firstKey} ${press.key}`);
      if (paired !== undefined) return paired;
    }
    const single = this.actions.find(
      ({ keys }) => keys !== undefined && !keys.includes(' ') && matches(keys, press),
    );
    if (single !== undefined) return single;
    const begins = !isModified(press) && this.actions.some(({ keys }) => keys?.startsWith(`${press.key} `));
    if (begins) this.#firstKey = { key: press.key, at };
    return null;
  }

  #notify(): void {
    this.#actions = null;
    for (const listener of this.#listeners) listener();
  }
}
