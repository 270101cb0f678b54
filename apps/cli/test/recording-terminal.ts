import { createColors } from 'picocolors';
import type { Terminal } from '../src/output/terminal.ts';

/** A terminal that keeps what is written, without colours unless asked. */
export type Recording = { terminal: Terminal; output: string[]; said: string[] };

export function recordingTerminal(options: Partial<Terminal> = {}): Recording {
  const output: string[] = [];
  const said: string[] = [];
  return {
    output,
    said,
    terminal: {
      print: (line) => void output.push(line),
      say: (line) => void said.push(line),
      isWatched: false,
      width: 200,
      colors: createColors(false),
      ...options,
    },
  };
}
