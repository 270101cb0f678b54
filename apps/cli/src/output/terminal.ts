import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';
import { escapeAroundColors, escapeControls } from './escape-controls.ts';

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes: results to stdout, everything else to stderr. */
export type Terminal = {
  /** Writes a line of the result to stdout; a control character that it still has is shown, not obeyed. */
  print: (line: string) => void;
  /** A great many lines, for a file as they are: resolves once the output takes more. */
  printBulk: (line: string) => Promise<void>;
  /** Writes a line for the person to stderr. */
  printToStderr: (line: string) => void;
  /** Whether stderr is a terminal, so that a progress bar makes sense. */
  isInteractive: boolean;
  /** Asks the person on stderr for a line; null where nobody is there to answer. */
  ask: ((question: string) => Promise<string>) | null;
  /** Columns of the terminal; null where stdout is none. */
  width: number | null;
  colors: Colors;
};

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

type OutputStream = {
  write: (text: string) => boolean;
  once: (event: 'drain', listener: () => void) => unknown;
  isTTY?: boolean;
  columns?: number;
};

/**
 * Colours follow NO_COLOR and FORCE_COLOR, else whether `output` is a terminal.
 * @param env only NO_COLOR and FORCE_COLOR are read
 */
export function createTerminal(
  output: OutputStream = process.stdout,
  errors: OutputStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const isForced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  const isPlain = (env['NO_COLOR'] ?? '') !== '';
  const hasColors = !isPlain && (isForced || output.isTTY === true);
  const escape = hasColors ? escapeAroundColors : escapeControls;
  return {
    print: (line) => void output.write(`${escape(line)}\n`),
    printBulk: async (line) => {
      if (output.write(`${output.isTTY === true ? escape(line) : line}\n`)) return;
      await new Promise<void>((resolve) => output.once('drain', resolve));
    },
    printToStderr: (line) => void errors.write(`${escape(line)}\n`),
    isInteractive: errors.isTTY === true,
    ask: process.stdin.isTTY && errors.isTTY === true ? ask : null,
    width: output.columns ?? null,
    colors: createColors(hasColors),
  };
}
