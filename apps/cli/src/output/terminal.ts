import { createColors } from 'picocolors';

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes: results to one stream, everything else to the other, so that pipes stay clean. */
export type Terminal = {
  /** One line of what was asked for. */
  print: (line: string) => void;
  /** One line for the person: progress, warnings, errors. */
  printToStderr: (line: string) => void;
  /** Whether a person watches `say`'s stream, and a moving bar makes sense. */
  isInteractive: boolean;
  /** Columns of the screen that results go to; null where it is none, as a pipe. */
  width: number | null;
  colors: Colors;
};

type OutputStream = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/**
 * A terminal on two streams. Colours follow NO_COLOR and FORCE_COLOR, else whether results go to a screen.
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
    printToStderr: (line) => void errors.write(`${line}\n`),
    isInteractive: errors.isTTY === true,
    width: output.columns ?? null,
    colors: createColors(!isPlain && (isForced || output.isTTY === true)),
  };
}
