export function parseLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Parses one fact of a brief; `#12` refers to the entry that proves it. */
export function parseFact(line: string): { text: string; seqs: number[] } {
  const seqs = [...line.matchAll(/#(\d+)/g)].map((match) => Number(match[1])).filter((seq) => seq > 0);
  const text = line.replaceAll(/\s*#\d+/g, '').trim();
  return { text: text === '' ? line : text, seqs: [...new Set(seqs)] };
}
