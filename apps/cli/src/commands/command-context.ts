import type { Baton } from '@baton/client';
import type { Command } from 'commander';
import type { Terminal } from '../output/terminal.ts';

/** What every command of the program is given. */
export type CommandContext = {
  terminal: Terminal;
  /** Finds the server; called by a command only once it needs it. */
  connect: () => Promise<Baton>;
  /** Ends the run with another code than 0, without an error. */
  setExitCode: (code: number) => void;
};

/** Whether the run was asked for JSON, wherever on the line `--json` stands. */
export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals()['json'] === true;
}
