import { createColors } from 'picocolors';
import type { Terminal } from '../src/output/terminal.ts';

/** A terminal that keeps what is written, without colours unless asked. */
export type RecordedTerminal = { terminal: Terminal; stdout: string[]; stderr: string[] };

export function recordingTerminal(options: Partial<Terminal> = {}): RecordedTerminal {
  const stdout: string[] = [];
  const stderr: string[] = [];
  return {
    stdout,
    stderr,
    terminal: {
      print: (line) => void stdout.push(line),
      printToStderr: (line) => void stderr.push(line),
      isInteractive: false,
      width: 200,
      colors: createColors(false),
      ...options,
    },
  };
}
