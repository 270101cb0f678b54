import { migrationStatus, openTables, rebuild, type RebuildReport, reportSchema } from '@baton/repository';
import type { SchemaReport } from '@baton/schema';
import type { Command } from 'commander';
import { connectDirectly } from './mongodb.ts';

type Findings = { schema: SchemaReport; pendingMigrations: string[]; rebuild: RebuildReport | null };

/** Whether everything that was looked at is as it should be. */
export function isHealthy({ schema, pendingMigrations, rebuild: report }: Findings): boolean {
  return schema.ok && pendingMigrations.length === 0 && (report === null || report.differences.length === 0);
}

/** The findings in lines for a person. */
export function findingLines({ schema, pendingMigrations, rebuild: report }: Findings): string[] {
  const lines = pendingMigrations.map((name) => `migration ${name} has not run: baton migrate`);
  for (const { collection, what, name, problem, declared, found } of schema.differences) {
    lines.push(`${collection}: ${what} ${name} is ${problem}`);
    if (declared !== null) lines.push(`  declared  ${declared}`);
    if (found !== null) lines.push(`  found     ${found}`);
  }
  if (schema.ok) lines.push('Validators and indexes are as declared.');
  if (report === null) return lines;
  for (const { tenantId, conversationId, fields } of report.differences) {
    lines.push(`${tenantId} ${conversationId} differs from its timeline: ${fields.join(', ')}`);
  }
  const { checked, differences } = report;
  lines.push(`${checked} conversations folded again, ${differences.length} differ.`);
  return lines;
}

/** Looks the store over. Returns whether all is well. */
export async function runDoctor(
  options: { rebuild?: boolean; json?: boolean },
  print: (line: string) => void,
): Promise<boolean> {
  await using connection = await connectDirectly();
  const { db } = connection;
  const findings: Findings = {
    schema: await reportSchema(db),
    pendingMigrations: (await migrationStatus(db)).pending,
    rebuild: options.rebuild === true ? await rebuild(openTables(db)) : null,
  };
  if (options.json === true) print(JSON.stringify(findings));
  else for (const line of findingLines(findings)) print(line);
  return isHealthy(findings);
}

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('compare validators, indexes and counters with what they should be; exits 1 on a difference')
    .option('--rebuild', 'fold every timeline again and compare it with its conversation')
    .action(async (options: { rebuild?: boolean }, self: Command) => {
      const isWell = await runDoctor({ ...options, json: self.optsWithGlobals()['json'] }, console.log);
      if (!isWell) process.exitCode = 1;
    });
}
