import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { ExitCode } from '../output/errors.ts';
import { type Progress, createProgress } from '../output/progress.ts';
import { runDoctor } from '../local/doctor.ts';

export function registerDoctor(program: Command, { terminal, setExitCode }: CommandContext): void {
  program
    .command('doctor')
    .description(
      'compare validators and indexes with what they should be, and read every document; exits 1 on a finding',
    )
    .option(
      '--rebuild',
      'fold every timeline again, compare it with its conversation, and put right what search knows',
    )
    .action(async (options: { rebuild?: boolean }, self: Command) => {
      using bars = new DisposableStack();
      const started = new Map<string, Progress>();
      const onProgress = (what: string, _checked: number, total: number) => {
        const bar = started.get(what) ?? bars.use(createProgress(terminal, what, total));
        started.set(what, bar);
        bar.advance();
      };
      const isWell = await runDoctor({ ...options, json: wantsJson(self) }, terminal.print, onProgress);
      if (!isWell) setExitCode(ExitCode.failed);
    });
}
