import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { countOption } from './option.ts';
import { progressOf } from './progress.ts';
import { simulate } from './simulate.ts';

function seedOption(value: string): number {
  return countOption(2_147_483_647)(value);
}

export function registerSimulate(program: Command, cli: Cli): void {
  program
    .command('simulate')
    .description('fill the store with sample sales conversations; the same seed tells the same stories')
    .requiredOption('--conversations <count>', 'how many', countOption(10_000))
    .option('--seed <number>', 'another seed, other people and stories', seedOption, 1)
    .action(async ({ conversations, seed }: { conversations: number; seed: number }) => {
      const baton = await cli.connect();
      using progress = progressOf(cli.terminal, 'conversations', conversations);
      await simulate(baton, { conversations, seed, now: new Date(), onProgress: () => progress.advance() });
      cli.terminal.print(`${conversations} sample conversations are in the store.`);
    });
}
