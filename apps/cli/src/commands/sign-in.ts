import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { signInLink } from '../api/sign-in-link.ts';

export function registerSignIn(program: Command, context: CommandContext): void {
  program
    .command('sign-in')
    .description('a link that signs one browser in to the console, once')
    .action(async (_options: unknown, self: Command) => {
      const baton = await context.connect();
      const link = await signInLink(baton, baton.url);
      context.terminal.print(wantsJson(self) ? JSON.stringify({ link }) : link);
    });
}
