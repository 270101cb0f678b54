import type { AgentId } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseAgentId, parseCount } from './option-parsers.ts';

type Options = { limit: number; reason?: string; all?: boolean };

export function registerReassign(program: Command, context: CommandContext): void {
  program
    .command('reassign')
    .description('give the open conversations of an agent to another, as many as it has room for')
    .argument('<from>', 'whose they are', parseAgentId)
    .argument('<to>', 'who gets them', parseAgentId)
    .option('--limit <count>', 'how many at most', parseCount(100), 50)
    .option('--reason <reason>', 'what their handoffs say')
    .action(async (from: AgentId, to: AgentId, { limit, reason }: Options, self: Command) => {
      const { api } = await context.connect();
      const step = await api.handoffs.reassign.mutate({
        from,
        to,
        limit,
        ...(reason !== undefined && { reason }),
      });
      const { terminal } = context;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify(step));
        return;
      }
      terminal.print(`${step.conversationIds.length} of ${from}'s conversations are ${to}'s now.`);
      for (const { conversationId, code } of step.skipped) terminal.print(`${conversationId} stays: ${code}`);
      if (step.stopped !== null) terminal.print(`${to} takes no more: ${step.stopped}`);
      else if (step.more) terminal.print('There are more: run it again.');
    });
}
