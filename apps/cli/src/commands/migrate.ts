import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { runMigrate, runMigrateStatus } from '../local/migrate.ts';

export function registerMigrate(program: Command, { terminal }: CommandContext): void {
  const command = program
    .command('migrate')
    .description("bring the store's validators, indexes and data to this version")
    .option('--dry-run', 'say what would be done, and change nothing')
    .action((options: { dryRun?: boolean }, self: Command) =>
      runMigrate({ ...options, json: wantsJson(self) }, terminal.print),
    );
  command
    .command('status')
    .description('which migrations have run, and which wait')
    .action((_options: unknown, self: Command) =>
      runMigrateStatus({ json: wantsJson(self) }, terminal.print),
    );
}
