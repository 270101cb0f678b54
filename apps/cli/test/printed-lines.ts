/** A `print` function that keeps its lines. */
export function printedLines(): { print: (line: string) => void; all: () => string } {
  const printed: string[] = [];
  return { print: (line) => void printed.push(line), all: () => printed.join('\n') };
}
