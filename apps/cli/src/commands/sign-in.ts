import { AgentId, Role } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseWith } from './option-parsers.ts';
import { signInLink } from '../api/sign-in-link.ts';

export function registerSignIn(program: Command, context: CommandContext): void {
  program
    .command('sign-in')
    .description('a link that signs one browser in to the console, once')
    .option('--role <role>', 'what it may do; what your key may without it', parseWith(Role))
    .option('--agent <agent>', 'who it is; the browser asks without it', parseWith(AgentId))
    .action(async ({ role, agent: agentId }: { role?: Role; agent?: AgentId }, self: Command) => {
      const baton = await context.connect();
      const link = await signInLink(baton, baton.url, { role, agentId });
      context.terminal.print(wantsJson(self) ? JSON.stringify({ link }) : link);
    });
}
