import { isRefused } from '@baton/client';
import type { RegisterAgent } from '@baton/schema';
import pMap from 'p-map';
import type { z } from 'zod';
import type { Cli } from '../cli.ts';
import { ExitCode, explain, isFatal } from '../output/failure.ts';
import type { Fault } from './fault.ts';
import { carryOut, type Plan } from './plan.ts';
import { progressOf } from '../output/progress.ts';
import type { Api } from '../api/send.ts';
import { count, counted } from '../output/format.ts';

/** Conversations that are brought in side by side: enough for the server to commit them in large batches. */
export const SIDE_BY_SIDE = 128;

/** Most faults that are listed for a person; JSON has them all. */
const MOST_FAULTS_SHOWN = 20;

export type ImportResult = {
  conversations: number;
  /** Of those, how many had to be touched at all. */
  changed: number;
  /** Commands that were sent. */
  commands: number;
  faults: Fault[];
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
export type PlacedPlan = { place: string; plan: Plan };

/**
 * Carries out plans, several side by side. A conversation that is refused becomes a fault and the rest goes in.
 * @throws what would stop every other one too, as a key without the rights
 */
export async function importPlans(
  api: Api,
  plans: readonly PlacedPlan[],
  { terminal }: Pick<Cli, 'terminal'>,
): Promise<ImportResult> {
  const result: ImportResult = { conversations: 0, changed: 0, commands: 0, faults: [] };
  using progress = progressOf(terminal, 'conversations', plans.length);
  await pMap(
    plans,
    async ({ place, plan }) => {
      try {
        const { sent } = await carryOut(api, plan);
        result.conversations += 1;
        result.changed += sent > 0 ? 1 : 0;
        result.commands += sent;
      } catch (error) {
        if (isFatal(error)) throw error;
        result.faults.push({ place, problem: explain(error) });
      }
      progress.advance();
    },
    { concurrency: SIDE_BY_SIDE },
  );
  return result;
}

/** Says what an import did; faults give the run its own exit code. */
export function reportImport({ terminal, setExitCode }: Cli, result: ImportResult, isJson: boolean): void {
  const { conversations, changed, commands, faults } = result;
  if (faults.length > 0) setExitCode(ExitCode.incomplete);
  if (isJson) {
    terminal.print(JSON.stringify(result));
    return;
  }
  const { colors } = terminal;
  for (const { place, problem } of faults.slice(0, MOST_FAULTS_SHOWN))
    terminal.say(`${colors.yellow(place)}  ${problem}`);
  const more = faults.length - MOST_FAULTS_SHOWN;
  if (more > 0) terminal.say(`… and ${more} more; --json lists them all`);
  const unchanged =
    changed === 0
      ? 'nothing was new'
      : `${count(changed)} new or completed by ${counted(commands, 'command')}`;
  const areIn = `${counted(conversations, 'conversation')} ${conversations === 1 ? 'is' : 'are'} in`;
  terminal.print(`${areIn}: ${unchanged}.`);
  if (faults.length > 0)
    terminal.print(
      `${counted(faults.length, 'record')} ${faults.length === 1 ? 'was' : 'were'} left out or came in only in part.`,
    );
}
