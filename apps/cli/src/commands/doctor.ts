import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { ExitCode } from '../output/errors.ts';
import { type Progress, createProgress } from '../output/progress.ts';
import { runDoctor } from '../local/doctor.ts';

export function registerDoctor(program: Command, { terminal, setExitCode }: CommandContext): void {
  program
    .command('doctor')
    .description('compare validators, indexes and counters with what they should be; exits 1 on a difference')
    .option('--rebuild', 'fold every timeline again and compare it with its conversation')
    .action(async (options: { rebuild?: boolean }, self: Command) => {
      using bars = new DisposableStack();
      let bar: Progress | undefined;
      const onProgress = (_checked: number, total: number) => {
        bar ??= bars.use(createProgress(terminal, 'conversations', total));
        bar.advance();
      };
      const isWell = await runDoctor({ ...options, json: wantsJson(self) }, terminal.print, onProgress);
      if (!isWell) setExitCode(ExitCode.failed);
    });
}
