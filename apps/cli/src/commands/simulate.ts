import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { ExitCode } from '../output/errors.ts';
import { liveReportLines, simulateLive } from '../simulation/live.ts';
import { parseCount } from './option-parsers.ts';
import { createProgress } from '../output/progress.ts';
import { simulate } from '../simulation/simulate.ts';

type SimulateCommandOptions = { conversations: number; seed: number; live?: boolean; seconds: number };

export function registerSimulate(program: Command, context: CommandContext): void {
  program
    .command('simulate')
    .description('fill the store with sample sales conversations; the same seed tells the same stories, once')
    .requiredOption('--conversations <count>', 'how many', parseCount(10_000))
    .option('--seed <number>', 'another seed tells of other people', parseCount(2_147_483_647), 1)
    .option(
      '--live',
      'a scripted team at work right now, with takeovers; ends with a check of what was promised',
    )
    .option('--seconds <count>', 'how long the live team works', parseCount(3_600), 10)
    .action(async ({ conversations, seed, live, seconds }: SimulateCommandOptions, self: Command) => {
      const baton = await context.connect();
      const { terminal } = context;
      if (live === true) {
        const report = await simulateLive(baton, { conversations, seed, durationMs: seconds * 1_000 });
        if (wantsJson(self)) terminal.print(JSON.stringify(report));
        else for (const line of liveReportLines(report)) terminal.print(line);
        if (report.findings.length > 0) context.setExitCode(ExitCode.failed);
        return;
      }
      using progress = createProgress(terminal, 'conversations', conversations);
      const { created, existing, commands } = await simulate(baton, {
        conversations,
        seed,
        now: new Date(),
        onProgress: () => progress.advance(),
      });
      if (wantsJson(self)) terminal.print(JSON.stringify({ told: created, known: existing, commands }));
      else terminal.print(`${created} sample conversations told, ${existing} were there already.`);
    });
}
