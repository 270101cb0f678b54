import { isRefused } from '@baton/client';
import type { RegisterAgent } from '@baton/schema';
import pMap from 'p-map';
import type { z } from 'zod';
import type { CommandContext } from '../cli.ts';
import { ExitCode, errorMessage, isFatal } from '../output/failure.ts';
import type { ImportFault } from './fault.ts';
import { executePlan, type ImportPlan } from './plan.ts';
import { createProgress } from '../output/progress.ts';
import type { Api } from '../api/send.ts';
import { formatNumber, formatCount } from '../output/format.ts';

/** Conversations that are brought in side by side: enough for the server to commit them in large batches. */
export const IMPORT_CONCURRENCY = 128;

/** Most faults that are listed for a person; JSON has them all. */
const MAX_FAULTS_SHOWN = 20;

export type ImportResult = {
  conversations: number;
  /** Of those, how many had to be touched at all. */
  changed: number;
  /** Commands that were sent. */
  commands: number;
  faults: ImportFault[];
};

/** Registers an agent that a source brings; one that is there already stays as it is. */
export async function ensureAgent(api: Api, agent: z.input<typeof RegisterAgent>): Promise<void> {
  try {
    await api.agents.register.mutate(agent);
  } catch (error) {
    if (!isRefused(error, 'AGENT_EXISTS')) throw error;
  }
}

/** A plan with the place of its record in the source. */
export type SourcedPlan = { place: string; plan: ImportPlan };

/**
 * Carries out plans, several side by side. A conversation that is refused becomes a fault and the rest goes in.
 * @throws what would stop every other one too, as a key without the rights
 */
export async function importPlans(
  api: Api,
  plans: readonly SourcedPlan[],
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<ImportResult> {
  const result: ImportResult = { conversations: 0, changed: 0, commands: 0, faults: [] };
  using progress = createProgress(terminal, 'conversations', plans.length);
  await pMap(
    plans,
    async ({ place, plan }) => {
      try {
        const { sent } = await executePlan(api, plan);
        result.conversations += 1;
        result.changed += sent > 0 ? 1 : 0;
        result.commands += sent;
      } catch (error) {
        if (isFatal(error)) throw error;
        result.faults.push({ place, problem: errorMessage(error) });
      }
      progress.advance();
    },
    { concurrency: IMPORT_CONCURRENCY },
  );
  return result;
}

/** Says what an import did; faults give the run its own exit code. */
export function reportImport(
  { terminal, setExitCode }: CommandContext,
  result: ImportResult,
  isJson: boolean,
): void {
  const { conversations, changed, commands, faults } = result;
  if (faults.length > 0) setExitCode(ExitCode.incomplete);
  if (isJson) {
    terminal.print(JSON.stringify(result));
    return;
  }
  const { colors } = terminal;
  for (const { place, problem } of faults.slice(0, MAX_FAULTS_SHOWN))
    terminal.printToStderr(`${colors.yellow(place)}  ${problem}`);
  const hidden = faults.length - MAX_FAULTS_SHOWN;
  if (hidden > 0) terminal.printToStderr(`… and ${hidden} more; --json lists them all`);
  const unchanged =
    changed === 0
      ? 'nothing was new'
      : `${formatNumber(changed)} new or completed by ${formatCount(commands, 'command')}`;
  const total = `${formatCount(conversations, 'conversation')} ${conversations === 1 ? 'is' : 'are'} in`;
  terminal.print(`${total}: ${unchanged}.`);
  if (faults.length > 0)
    terminal.print(
      `${formatCount(faults.length, 'record')} ${faults.length === 1 ? 'was' : 'were'} left out or came in only in part.`,
    );
}
