/** From 0 (no match) to 1: every typed word must start a word of the line or occur in it. */
export function paletteScore(line: string, typed: string): number {
  const words = line.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const sought = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  let score = 1;
  for (const each of sought) {
    if (words[0]?.startsWith(each) === true) score *= 1;
    else if (words.some((word) => word.startsWith(each))) score *= 0.8;
    else if (line.toLowerCase().includes(each)) score *= 0.4;
    else return 0;
  }
  return score;
}
