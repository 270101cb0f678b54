import type { Highlight } from '@baton/schema';

const CODE_UNITS = 0x1_00_00;

/**
 * Finds many patterns in one pass (Aho and Corasick, 1975): time is linear in the patterns and the text together,
 * whatever they hold.
 */
export class PatternMatcher {
  /** The state that follows a state by a code unit; the key is `state * CODE_UNITS + unit`. */
  readonly #next = new Map<number, number>();
  /** The state of the longest proper suffix of what a state has read. */
  readonly #fallback = [0];
  /** The length of the longest pattern that ends in a state; 0 for none. */
  readonly #longest = [0];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) this.#add(pattern);
    // States were numbered along each pattern, so their suffixes need an order by length.
    const byLength = [0];
    const children = Map.groupBy(this.#next, ([key]) => Math.floor(key / CODE_UNITS));
    for (const state of byLength) {
      for (const [key, child] of children.get(state) ?? []) {
        const suffix = state === 0 ? 0 : this.#step(this.#fallback[state] ?? 0, key % CODE_UNITS);
        this.#fallback[child] = suffix;
        this.#longest[child] = Math.max(this.#longest[child] ?? 0, this.#longest[suffix] ?? 0);
        byLength.push(child);
      }
    }
  }

  #add(pattern: string): void {
    let state = 0;
    for (let at = 0; at < pattern.length; at += 1) {
      const key = state * CODE_UNITS + pattern.charCodeAt(at);
      let child = this.#next.get(key);
      if (child === undefined) {
        child = this.#longest.push(0) - 1;
        this.#fallback.push(0);
        this.#next.set(key, child);
      }
      state = child;
    }
    this.#longest[state] = pattern.length;
  }

  #step(from: number, unit: number): number {
    for (let state = from; ; state = this.#fallback[state] ?? 0) {
      const next = this.#next.get(state * CODE_UNITS + unit);
      if (next !== undefined) return next;
      if (state === 0) return 0;
    }
  }

  /** What the patterns cover of a text, in its order; patterns that overlap are one span. */
  coverage(text: string): Highlight[] {
    const spans: Highlight[] = [];
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      state = this.#step(state, text.charCodeAt(at));
      const length = this.#longest[state] ?? 0;
      if (length === 0) continue;
      const end = at + 1;
      let start = end - length;
      for (let last = spans.at(-1); last !== undefined && last.end > start; last = spans.at(-1)) {
        start = Math.min(start, last.start);
        spans.pop();
      }
      spans.push({ start, end });
    }
    return spans;
  }
}
