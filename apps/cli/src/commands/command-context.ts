import type { Baton } from '@baton/client';
import type { Command } from 'commander';
import type { Terminal } from '../output/terminal.ts';

export type CommandContext = {
  terminal: Terminal;
  /** Called only by commands that need the server. */
  connect: () => Promise<Baton>;
  setExitCode: (code: number) => void;
};

/** `--json` may stand before or after the command. */
export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals()['json'] === true;
}
