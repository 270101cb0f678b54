import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import type { Stretches } from './browser-hits.ts';

/** A V8 coverage range. */
export interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface Mapped {
  offset: number;
  /** Undefined for generated code. */
  source: string | undefined;
  /** Line and column of the source as one sortable number. */
  place: number;
}

const place = (line: number, column: number) => line * 2 ** 20 + column;

/** Built code with its source map. */
export interface Built {
  code: string;
  /** The source map, as JSON. */
  map: string;
  /** The base URL of the sources. */
  url: string;
}

function mappingsOf({ code, map, url }: Built): Mapped[] {
  const trace = new TraceMap(map, url);
  let lineStart = 0;
  return code.split('\n').flatMap((line, index) => {
    const start = lineStart;
    lineStart += line.length + 1;
    return (decodedMappings(trace)[index] ?? []).map((segment) => {
      const offset = start + segment[0];
      if (segment.length === 1) return { offset, source: undefined, place: 0 };
      return { offset, source: trace.resolvedSources[segment[1]], place: place(segment[2], segment[3]) };
    });
  });
}

/** Execution counts of one source, by place. */
export type SourceHits = { place: number; count: number }[];

/** Maps a built script's counts to its sources, by URL. */
export function hitsBySource(script: Built, stretches: Stretches): Map<string, SourceHits> {
  const bySource = new Map<string, SourceHits>();
  let next = 0;
  for (const { offset, source, place: at } of mappingsOf(script)) {
    while ((stretches[next]?.[0] ?? Infinity) <= offset) next += 1;
    if (source === undefined) continue;
    const hits = bySource.get(source) ?? [];
    bySource.set(source, hits);
    hits.push({ place: at, count: stretches[next - 1]?.[1] ?? 0 });
  }
  for (const hits of bySource.values()) hits.sort((a, b) => a.place - b.place || b.count - a.count);
  return bySource;
}

/** The first hit at or after `wanted`: a minifier may drop the brace or keyword itself. */
function hitFrom(hits: SourceHits, wanted: number): SourceHits[number] | undefined {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hits[middle]?.place ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return hits[low];
}

const IF = /if\b/y;
const WORD = /[\w$]+|./sy;
const BARE_JUMP = /(?:break|continue|return)(?: undefined)?;/y;

function standing(pattern: RegExp, code: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(code)?.[0] ?? '';
}

/**
 * The counts as V8 would report them for the module as Vitest runs it, so that Vitest finds the same statements and
 * branches in both.
 */
export function rangesOf(module: Built, hits: SourceHits): Range[] {
  const { code } = module;
  let tested = 0;
  const words = mappingsOf(module).flatMap(({ offset, source, place: at }) => {
    if (source === undefined) return [];
    const hit = hitFrom(hits, at);
    const following = hit?.count ?? 0;
    if (standing(IF, code, offset) !== '') tested = following;
    // `if (a) return; b()` is built as `a || b()`: the jump ran as often as `b` did not.
    const isGone = hit?.place !== at && standing(BARE_JUMP, code, offset) !== '';
    const count = isGone ? Math.max(0, tested - following) : following;
    return [{ startOffset: offset, endOffset: offset + standing(WORD, code, offset).length, count }];
  });
  // Punctuation between two words belongs to the second, where a block or an arrow function begins.
  return words.map((word, index) => ({ ...word, startOffset: words[index - 1]?.endOffset ?? 0 }));
}
