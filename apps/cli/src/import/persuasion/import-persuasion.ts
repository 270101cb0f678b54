import { join } from 'node:path';
import { type ImportContext, importPlans, type ImportResult } from '../import-plans.ts';
import { PERSUADER, planDialogue } from './plan-dialogue.ts';
import { readSource } from '../../local/source-file.ts';
import { ensureAgent } from '../../api/ensure-agent.ts';
import { DIALOG_FILE, OUTCOME_FILE, parsePersuasion } from './parse-persuasion.ts';

export async function importPersuasion(folder: string, context: ImportContext): Promise<ImportResult> {
  const [dialog, outcome] = await Promise.all([
    readSource(join(folder, DIALOG_FILE)),
    readSource(join(folder, OUTCOME_FILE)),
  ]);
  const { dialogues, faults } = parsePersuasion(dialog, outcome);
  const { api } = await context.connect();
  await ensureAgent(api, { id: PERSUADER, kind: 'human', name: 'Persuader', roles: ['persuader'] });
  const result = await importPlans(api, dialogues.map(planDialogue), context);
  return { ...result, faults: [...faults, ...result.faults] };
}
