import { truncateText } from '@baton/domain';
import type { Highlight } from '@baton/schema';

/** A part of a text that matched or did not. */
export type Segment = { text: string; isMatch: boolean };

/** Sorts, merges overlapping or touching highlights, and clips them to the text. */
function mergeHighlights(highlights: readonly Highlight[], length: number): Highlight[] {
  const merged: Highlight[] = [];
  for (const { start, end } of highlights.toSorted((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(0, start), Math.min(length, end)];
    const last = merged.at(-1);
    if (from >= to) continue;
    if (last !== undefined && from <= last.end) last.end = Math.max(last.end, to);
    else merged.push({ start: from, end: to });
  }
  return merged;
}

/** The segments joined are the text. */
export function splitAtHighlights(text: string, highlights: readonly Highlight[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { start, end } of mergeHighlights(highlights, text.length)) {
    if (start > at) segments.push({ text: text.slice(at, start), isMatch: false });
    segments.push({ text: text.slice(start, end), isMatch: true });
    at = end;
  }
  if (at < text.length) segments.push({ text: text.slice(at), isMatch: false });
  return segments;
}

/** The start of the word, at most 20 characters back, never inside of a character. */
function wordStart(text: string, index: number): number {
  const space = text.lastIndexOf(' ', index - 1);
  const start = space !== -1 && index - space <= 20 ? space + 1 : index;
  return truncateText(text, start).length;
}

function wordEnd(text: string, index: number): number {
  const space = text.indexOf(' ', index);
  const end = space !== -1 && space - index <= 20 ? space : index;
  return truncateText(text, end).length;
}

/** Characters shown before the first match. */
const CONTEXT_BEFORE = 60;
const MAX_OVERRUN = 24;

/** Cuts a text to about `length` characters around its first match, at word boundaries; without a match, from its start. */
export function excerpt(text: string, highlights: readonly Highlight[], length = 280): Segment[] {
  if (text.length <= length) return splitAtHighlights(text, highlights);
  const first = mergeHighlights(highlights, text.length)[0]?.start ?? 0;
  const from =
    first <= CONTEXT_BEFORE ? 0 : wordStart(text, Math.min(first - CONTEXT_BEFORE, text.length - length));
  // Not worth cutting for a few more characters.
  const to = from + length + MAX_OVERRUN >= text.length ? text.length : wordEnd(text, from + length);
  const shifted = highlights.map(({ start, end }) => ({ start: start - from, end: end - from }));
  const segments = splitAtHighlights(text.slice(from, to), shifted);
  return [
    ...(from > 0 ? [{ text: '…', isMatch: false }] : []),
    ...segments,
    ...(to < text.length ? [{ text: '…', isMatch: false }] : []),
  ];
}
