/** The lines of a text that say something. */
export function parseLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A fact of a brief, as one line: its words, and the entries that prove it as `#12`. */
export function parseFact(line: string): { text: string; seqs: number[] } {
  const seqs = [...line.matchAll(/#(\d+)/g)].map((match) => Number(match[1])).filter((seq) => seq > 0);
  const text = line.replaceAll(/\s*#\d+/g, '').trim();
  return { text: text === '' ? line : text, seqs: [...new Set(seqs)] };
}
