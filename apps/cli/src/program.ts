import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { registerAudit } from './commands/audit.ts';
import type { CommandContext } from './commands/command-context.ts';
import { registerContacts } from './commands/contacts.ts';
import { registerExport } from './commands/export.ts';
import { escapeControls } from './output/escape-controls.ts';
import { exitCodeFor, errorMessage, errorJson } from './output/errors.ts';
import { registerImport } from './commands/import.ts';
import { registerList } from './commands/list.ts';
import { registerMetrics } from './commands/metrics.ts';
import { registerRetention } from './commands/retention.ts';
import { registerSearch } from './commands/search.ts';
import { registerReassign } from './commands/reassign.ts';
import { registerShow } from './commands/show.ts';
import { registerSignIn } from './commands/sign-in.ts';
import { registerSimulate } from './commands/simulate.ts';
import { registerTail } from './commands/tail.ts';

/**
 * Commands that work on the store itself load the database driver, which is slow, so they are imported only when
 * the arguments may name one of them or list all commands, as `--help` does.
 */
const STORE_COMMANDS = {
  start: async () => (await import('./commands/start.ts')).registerStart,
  migrate: async () => (await import('./commands/migrate.ts')).registerMigrate,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
  keys: async () => (await import('./commands/keys.ts')).registerKeys,
  tenants: async () => (await import('./commands/tenants.ts')).registerTenants,
} satisfies Record<string, () => Promise<(program: Command, context: CommandContext) => void>>;

const API_COMMANDS = [
  registerList,
  registerReassign,
  registerShow,
  registerSearch,
  registerMetrics,
  registerImport,
  registerExport,
  registerSimulate,
  registerTail,
  registerContacts,
  registerRetention,
  registerSignIn,
  registerAudit,
];

export async function createProgram(argv: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('baton')
    .description('The conversation store for teams of sales agents, AI and human.')
    .version(manifest.version)
    .option('--json', 'results as JSON, for machines')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what can be given)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.print(text.trimEnd()),
      writeErr: (text) => context.terminal.printToStderr(escapeControls(text.trimEnd())),
      getOutHasColors: () => context.terminal.colors.isColorSupported,
    });
  for (const register of API_COMMANDS) register(program, context);
  // No option before the command takes a value, so the first word without a dash names it.
  const commandName = argv.find((word) => !word.startsWith('-'));
  const isApiCommand = program.commands.some((command) => command.name() === commandName);
  if (!isApiCommand) for (const load of Object.values(STORE_COMMANDS)) (await load())(program, context);
  return program;
}

/**
 * Runs one command line and sets the exit code: 0 done, 1 failed, 2 wrong usage, 3 done but for some records.
 * Never rejects; a stack is shown only with BATON_DEBUG.
 */
export async function run(argv: readonly string[], context: CommandContext): Promise<void> {
  try {
    const program = await createProgram(argv, context);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    const code = exitCodeFor(error);
    if (code !== 0) context.setExitCode(code);
    // Commander has printed the problem already.
    if (error instanceof CommanderError) return;
    if (argv.includes('--json')) context.terminal.printToStderr(errorJson(error));
    else context.terminal.printToStderr(context.terminal.colors.red(escapeControls(errorMessage(error))));
    if (process.env['BATON_DEBUG']) context.terminal.printToStderr(inspect(error));
  }
}
