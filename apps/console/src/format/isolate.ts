/** Letters that are written from right to left, and what turns the direction of a line. */
const TURNING =
  /[\p{Bidi_Control}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * A text of others for a sentence or a label: it cannot turn the words beside it, and they cannot turn it. Loses the
 * controls that would end its own isolation. What is an element of its own, like a message, needs none of it.
 */
export function isolate(text: string): string {
  if (!TURNING.test(text)) return text;
  return `${FIRST_STRONG_ISOLATE}${text.replaceAll(CONTROLS, '')}${POP_ISOLATE}`;
}
