import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';

/** Tests write the browser's coverage here; the coverage provider reads it. */
export const HITS_FOLDER = fileURLToPath(new URL('../coverage/browser', import.meta.url));

/** Execution counts of a script as pairs of start offset and count. */
export type Stretches = [offset: number, count: number][];

export interface ScriptHits {
  /** Path below the built console, such as `/assets/index-1a2b.js`. */
  path: string;
  stretches: Stretches;
}

type CountedFunction = {
  ranges: readonly { startOffset: number; endOffset: number; count: number }[];
  /** Whether its branches were counted too. */
  isBlockCoverage: boolean;
};
type Ran = { functions: readonly CountedFunction[] };

/** Adds V8 coverage to the counts: the innermost range around an offset decides. */
export function addHits(counts: Float64Array, { functions }: Ran): void {
  const ranges = functions
    .flatMap((each) => each.ranges)
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const around: typeof ranges = [];
  let at = 0;
  const countUntil = (end: number): void => {
    const count = around.at(-1)?.count ?? 0;
    if (count > 0)
      for (let offset = at; offset < end; offset += 1) counts[offset] = (counts[offset] ?? 0) + count;
    at = Math.max(at, end);
  };
  const leave = (start: number): void => {
    for (let inner = around.at(-1); inner !== undefined && inner.endOffset <= start; inner = around.at(-1)) {
      countUntil(inner.endOffset);
      around.pop();
    }
  };
  for (const range of ranges) {
    leave(range.startOffset);
    countUntil(range.startOffset);
    around.push(range);
  }
  leave(Infinity);
}

export function toStretches(counts: Float64Array): Stretches {
  const stretches: Stretches = [];
  counts.forEach((count, offset) => {
    if (count !== stretches.at(-1)?.[1]) stretches.push([offset, count]);
  });
  return stretches;
}

/** The script's length: V8 lists its top level as a function too. */
function lengthOf({ functions }: Ran): number {
  return Math.max(0, ...functions.flatMap(({ ranges }) => ranges.map(({ endOffset }) => endOffset)));
}

/** Functions compiled before profiling have no branch counts; they count as not run. */
function certain({ ranges, isBlockCoverage }: CountedFunction): CountedFunction {
  return {
    isBlockCoverage,
    ranges: isBlockCoverage ? ranges : ranges.map((range) => ({ ...range, count: 0 })),
  };
}

/** The coverage of all pages of one test file. */
export class BrowserHits {
  readonly #counts = new Map<string, Float64Array>();
  readonly #watched = new WeakMap<Page, CDPSession>();

  /** Not Playwright's own coverage, which also transfers every script's source. */
  async watch(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page);
    await session.send('Profiler.enable');
    await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.#watched.set(page, session);
  }

  async take(page: Page): Promise<void> {
    const session = this.#watched.get(page);
    if (session === undefined) return;
    const { result } = await session.send('Profiler.takePreciseCoverage');
    for (const { url, functions } of result) {
      // Code that a test evaluates has no URL.
      if (!URL.canParse(url)) continue;
      const path = new URL(url).pathname;
      const counts = this.#counts.get(path) ?? new Float64Array(lengthOf({ functions }));
      addHits(counts, { functions: functions.map(certain) });
      this.#counts.set(path, counts);
    }
  }

  async save(): Promise<void> {
    const scripts = [...this.#counts].map(([path, counts]) => ({ path, stretches: toStretches(counts) }));
    await mkdir(HITS_FOLDER, { recursive: true });
    await writeFile(
      join(HITS_FOLDER, `${randomUUID()}.json`),
      JSON.stringify(scripts satisfies ScriptHits[]),
    );
  }
}
