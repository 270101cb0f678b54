import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

/** Counts what is done of a number of things; draws only where somebody watches. */
export type Progress = { advance(): void; [Symbol.dispose](): void };

const SILENT: Progress = { advance: () => undefined, [Symbol.dispose]: () => undefined };

export function progressOf({ isWatched }: Terminal, what: string, total: number): Progress {
  if (!isWatched || total === 0) return SILENT;
  const bar = new SingleBar(
    {
      format: `{bar} {value}/{total} ${what}  {duration_formatted}`,
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { advance: () => bar.increment(), [Symbol.dispose]: () => bar.stop() };
}
