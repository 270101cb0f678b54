import type { Baton } from '@baton/client';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from '../cli.ts';

/** A link that opens the console and signs one browser in, once, within the hour. */
export async function signInLink({ api }: Pick<Baton, 'api'>, url: string): Promise<string> {
  const { token } = await api.session.createLink.mutate();
  return new URL(`/?token=${token}`, url).href;
}

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
