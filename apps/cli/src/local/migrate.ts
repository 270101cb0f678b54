import { migrate, type MigrationProgress, migrationStatus } from '@baton/repository';
import { connectToMongodb } from './mongodb.ts';
import { formatCount } from '../output/format.ts';

export function progressLine(progress: MigrationProgress): string {
  if (progress.phase === 'migration') return `migration ${progress.name}`;
  if (progress.phase === 'documents')
    return `  ${formatCount(progress.done, 'document')} of ${progress.collection}`;
  const { action, what, collection, name } = progress.step;
  return what === 'collection'
    ? `  ${action} collection ${collection}`
    : `  ${action} ${what} ${collection}.${name}`;
}

type Print = (line: string) => void;

export async function runMigrate(
  { dryRun, json }: { dryRun?: boolean; json?: boolean },
  print: Print,
): Promise<void> {
  await using connection = await connectToMongodb();
  const onProgress =
    json === true ? undefined : (progress: MigrationProgress) => print(progressLine(progress));
  const result = await migrate(connection.db, { dryRun, onProgress });
  if (json === true) {
    print(JSON.stringify(result));
    return;
  }
  // A dry run takes no steps, so it reports no progress.
  if (dryRun === true) {
    for (const name of result.migrations) print(progressLine({ phase: 'migration', name }));
    for (const step of result.schema) print(progressLine({ phase: 'schema', step }));
  }
  const steps = result.migrations.length + result.schema.length;
  if (steps === 0) print('The store is up to date.');
  else
    print(
      dryRun === true
        ? `${formatCount(steps, 'step')} would be taken; nothing was changed.`
        : `Done: ${formatCount(steps, 'step')}.`,
    );
}

export async function runMigrateStatus({ json }: { json?: boolean }, print: Print): Promise<void> {
  await using connection = await connectToMongodb();
  const status = await migrationStatus(connection.db);
  if (json === true) {
    print(JSON.stringify(status));
    return;
  }
  for (const { name, appliedAt, durationMs } of status.applied)
    print(`done     ${name}  ${appliedAt}  ${durationMs} ms`);
  for (const name of status.pending) print(`waiting  ${name}`);
  for (const name of status.unknown) {
    const isLocked = status.newer?.includes(name) === true;
    print(`unknown  ${name} (made by a newer version${isLocked ? '; this one cannot serve the store' : ''})`);
  }
}
