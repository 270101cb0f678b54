/** What moves the cursor, colours, rings, breaks a line in secret, or turns the direction of what stands beside. */
// Control characters are what is looked for.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** The colours that picocolors writes. */
// Each begins with a control character.
// oxlint-disable-next-line no-control-regex
const COLORS = /(\u001B\[\d{1,3}(?:;\d{1,3})*m)/;

const escapeOf = (control: string) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Text of others, as it may stand on a terminal: what controls one is shown as JSON writes it, `\u001b`. So a line of
 * JSON stays the same value. Line feeds and tabs stay.
 */
export function escapeControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(CONTROLS, escapeOf);
}

/** The same of a text that has one line for itself, such as a name. */
export function escapeLine(text: string): string {
  return escapeControls(text.replaceAll(/\s*[\n\t]\s*/g, ' '));
}

/** The same of a line that is in colour already. */
export function escapeAroundColors(line: string): string {
  return line
    .split(COLORS)
    .map((piece, index) => (index % 2 === 1 ? piece : escapeControls(piece)))
    .join('');
}
