/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A fact of a brief, as one line: its words, and the entries that prove it as `#12`. */
export function factOf(line: string): { text: string; seqs: number[] } {
  const seqs = [...line.matchAll(/#(\d+)/g)].map((match) => Number(match[1])).filter((seq) => seq > 0);
  const words = line.replaceAll(/\s*#\d+/g, '').trim();
  return { text: words === '' ? line : words, seqs: [...new Set(seqs)] };
}
