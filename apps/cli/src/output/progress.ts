import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

/** A progress bar; draws only on a terminal. */
export type Progress = { advance(by?: number): void; [Symbol.dispose](): void };

const NO_PROGRESS: Progress = { advance: () => undefined, [Symbol.dispose]: () => undefined };

export function createProgress({ isInteractive }: Terminal, label: string, total: number): Progress {
  if (!isInteractive || total === 0) return NO_PROGRESS;
  const bar = new SingleBar(
    {
      format: `{bar} {value}/{total} ${label}  {duration_formatted}`,
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { advance: (by = 1) => bar.increment(by), [Symbol.dispose]: () => bar.stop() };
}
