import { basename } from 'node:path';
import { type ImportContext, importPlans, type ImportResult } from '../import-plans.ts';
import { ASSISTANT, HUMAN_SUPPORT, planRun } from './plan-run.ts';
import { readSource } from '../../local/source-file.ts';
import { ensureAgent } from '../../api/ensure-agent.ts';
import { parseRuns } from './parse-runs.ts';

export async function importOpenAiChat(
  file: string,
  name: string,
  context: ImportContext,
): Promise<ImportResult> {
  const { runs, faults } = parseRuns(basename(file), await readSource(file));
  const planned = runs.map((run) => planRun(run, name));
  const { api } = await context.connect();
  await ensureAgent(api, { id: ASSISTANT, kind: 'ai', name: 'Assistant', roles: ['support'] });
  await ensureAgent(api, { id: HUMAN_SUPPORT, kind: 'human', name: 'Human support', roles: ['support'] });
  const plans = planned.map(({ placed }) => placed);
  const result = await importPlans(api, plans, context);
  return { ...result, faults: [...faults, ...planned.flatMap((plan) => plan.faults), ...result.faults] };
}
