import { PREVIEW_LENGTH } from '@baton/schema';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Two characters that never join, so that the slow look at graphemes is not needed: letters of the usual scripts. */
const NEVER_JOIN =
  /^[\0-\t\v-\u02FF\u0370-\u0482\u048A-\u052F\u05D0-\u05EA\u0620-\u064A\u2010-\u2027\u3041-\u3096\u30A1-\u30FA\u4E00-\u9FFF]{2}$/;

/** How far a character may reach back before a cut through it is better than to lose so much. */
const LONGEST_CHARACTER = 64;

/**
 * At most `length` UTF-16 units from the start of a text. Ends before a character as readers see it, a flag or a letter
 * with its accents, rather than inside it.
 */
export function truncateText(text: string, length: number): string {
  if (text.length <= length) return text;
  if (NEVER_JOIN.test(text.slice(length - 1, length + 1))) return text.slice(0, length);
  // Of what follows, the next code point alone decides.
  const start = graphemes.segment(text.slice(0, length + 2)).containing(length)?.index ?? length;
  if (length - start <= LONGEST_CHARACTER) return text.slice(0, start);
  return truncateUnits(text, length);
}

/** The same, but inside of a character where its pairs of surrogates stay whole. */
function truncateUnits(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** What a conversation shows of its latest message. */
export function previewOf(text: string): string {
  return truncateText(text, PREVIEW_LENGTH);
}

/** Whether this is the preview of a text, as this version or the one before cuts it. */
export function isPreviewOf(preview: string, text: string): boolean {
  return preview === previewOf(text) || preview === truncateUnits(text, PREVIEW_LENGTH);
}
