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
    width: output.columns ?? null,
    colors: createColors(hasColors),
  };
}
