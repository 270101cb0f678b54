import pMap from 'p-map';
import type { CommandContext } from '../command-context.ts';
import { errorMessage, isFatal } from '../output/errors.ts';
import type { ImportFault } from './import-fault.ts';
import { executePlan, type ImportPlan } from './import-plan.ts';
import { createProgress } from '../output/progress.ts';
import type { Api } from '../api/api-command.ts';
/** Conversations that are brought in side by side: enough for the server to commit them in large batches. */
export const IMPORT_CONCURRENCY = 128;
export type ImportResult = {
  conversations: number;
  /** Of those, how many had to be touched at all. */
  changed: number;
  /** Commands that were sent. */
  commands: number;
  faults: ImportFault[];
};
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
