import type { Terminal } from '../output/terminal.ts';
import { formatNumber, formatCount } from '../output/format.ts';
import type { ImportResult } from './import-plans.ts';

const MAX_FAULTS_SHOWN = 20;

export function reportImport(terminal: Terminal, result: ImportResult, isJson: boolean): void {
  const { conversations, changed, commands, faults } = result;
  if (isJson) {
    terminal.print(JSON.stringify(result));
    return;
  }
  const { colors } = terminal;
  for (const { place, problem } of faults.slice(0, MAX_FAULTS_SHOWN))
    terminal.printToStderr(`${colors.yellow(place)}  ${problem}`);
  const hidden = faults.length - MAX_FAULTS_SHOWN;
  if (hidden > 0) terminal.printToStderr(`… and ${hidden} more; --json lists them all`);
  const unchanged =
    changed === 0
      ? 'nothing was new'
      : `${formatNumber(changed)} new or completed by ${formatCount(commands, 'command')}`;
  const total = `${formatCount(conversations, 'conversation')} ${conversations === 1 ? 'is' : 'are'} in`;
  terminal.print(`${total}: ${unchanged}.`);
  if (faults.length > 0)
    terminal.print(
      `${formatCount(faults.length, 'record')} ${faults.length === 1 ? 'was' : 'were'} left out or came in only in part.`,
    );
}
