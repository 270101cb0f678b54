import { createColors } from 'picocolors';

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes: results to stdout, everything else to stderr. */
export type Terminal = {
  /** Writes a line of the result to stdout. */
  print: (line: string) => void;
  /** The same for a great many lines: resolves once the output takes more. */
  printBulk: (line: string) => Promise<void>;
  /** Writes a line for the person to stderr. */
  printToStderr: (line: string) => void;
  /** Whether stderr is a terminal, so that a progress bar makes sense. */
  isInteractive: boolean;
  /** Columns of the terminal; null where stdout is none. */
  width: number | null;
  colors: Colors;
};

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
  return {
    print: (line) => void output.write(`${line}\n`),
    printBulk: async (line) => {
      if (output.write(`${line}\n`)) return;
      await new Promise<void>((resolve) => output.once('drain', resolve));
    },
    printToStderr: (line) => void errors.write(`${line}\n`),
    isInteractive: errors.isTTY === true,
    width: output.columns ?? null,
    colors: createColors(!isPlain && (isForced || output.isTTY === true)),
  };
}
