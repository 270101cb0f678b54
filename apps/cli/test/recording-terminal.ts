import { createColors } from 'picocolors';
import type { Terminal } from '../src/output/terminal.ts';

/** A terminal that records what is written, without colours unless asked. */
export interface RecordedTerminal {
  terminal: Terminal;
  stdout: string[];
  stderr: string[];
  /** Resolves once this many lines have been written. */
  hasLines(stream: 'stdout' | 'stderr', count: number): Promise<void>;
}

export function recordingTerminal(options: Partial<Terminal> = {}): RecordedTerminal {
  const lines: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
  const written = new EventTarget();
  const write = (stream: 'stdout' | 'stderr') => (line: string) => {
    lines[stream].push(line);
    written.dispatchEvent(new Event(stream));
  };
  return {
    ...lines,
    async hasLines(stream, count) {
      while (lines[stream].length < count)
        await new Promise((resolve) => written.addEventListener(stream, resolve, { once: true }));
    },
    terminal: {
      print: write('stdout'),
      printBulk: async (line) => write('stdout')(line),
      printToStderr: write('stderr'),
      isInteractive: false,
      ask: null,
      width: 200,
      colors: createColors(false),
      ...options,
    },
  };
}
