import pMap from 'p-map';
import type { Baton } from '@baton/client';
import type { Terminal } from '../output/terminal.ts';
import { errorMessage, isFatal } from '../output/errors.ts';
import type { ImportFault } from './import-fault.ts';
import { executePlan, type ImportPlan } from './import-plan.ts';
import { createProgress } from '../output/progress.ts';
import type { Api } from '../api/api-command.ts';

/** Enough for the server to commit them in large batches. */
export const IMPORT_CONCURRENCY = 128;

export type ImportContext = {
  terminal: Terminal;
  /** Called once the source has been read. */
  connect: () => Promise<Baton>;
};

export type ImportResult = {
  conversations: number;
  /** Those that were created or completed. */
  changed: number;
  commands: number;
  faults: ImportFault[];
};

export type SourcedPlan = { place: string; plan: ImportPlan };

/**
 * Executes plans concurrently. A conversation that is refused becomes a fault, and the others go in.
 * @throws what every other conversation would be refused for too, such as a key of another role
 */
export async function importPlans(
  api: Api,
  plans: readonly SourcedPlan[],
  { terminal }: Pick<ImportContext, 'terminal'>,
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
