import { truncateText } from '@baton/domain';
import type { Highlight, MessageHit, SearchPage } from '@baton/schema';
import type { Colors } from './terminal.ts';
import { actorName } from './format.ts';
import { escapeControls, escapeLine } from './escape-controls.ts';

const EXCERPT_LENGTH = 240;

/** The text around the first match, with all matches in colour. */
export function highlightedExcerpt(text: string, highlights: readonly Highlight[], colors: Colors): string {
  const sorted = highlights.toSorted((a, b) => a.start - b.start);
  const first = sorted[0]?.start ?? 0;
  const start = Math.max(0, Math.min(first - EXCERPT_LENGTH / 4, text.length - EXCERPT_LENGTH));
  const from = truncateText(text, start).length;
  const to = truncateText(text, from + EXCERPT_LENGTH).length;
  let position = from;
  let line = from > 0 ? '…' : '';
  for (const { start: wordStart, end } of sorted) {
    if (wordStart < position || wordStart >= to) continue;
    const word = text.slice(wordStart, Math.min(end, to));
    line += `${escapeControls(text.slice(position, wordStart))}${colors.bold(colors.yellow(escapeControls(word)))}`;
    position = wordStart + word.length;
  }
  const rest = `${line}${escapeControls(text.slice(position, to))}${to < text.length ? '…' : ''}`;
  return rest.replaceAll(/\s+/g, ' ').trim();
}

export function hitLine({ message, highlights }: MessageHit, colors: Colors): string {
  return `${colors.dim(`#${message.seq}`)} ${actorName(message.author)}: ${highlightedExcerpt(message.text, highlights, colors)}`;
}

/** What a search did not do, a line each; a server of the version before says nothing of it. */
export function searchNotes({ ignored = [], more = false }: Partial<SearchPage<unknown>>): string[] {
  const words = ignored.map(escapeLine).join(', ');
  return [
    ...(ignored.length > 0 ? [`Not looked for: ${words}. Put them in quotes to find them together.`] : []),
    ...(more ? ['More messages match than could be ranked; another word narrows the search.'] : []),
  ];
}
