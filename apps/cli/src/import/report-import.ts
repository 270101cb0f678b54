import type { Terminal } from '../output/terminal.ts';
import { escapeLine } from '../output/escape-controls.ts';
import { formatNumber, formatCount } from '../output/format.ts';
import type { CheckedArchive } from './archive/check-archive.ts';
import type { RestoreResult } from './archive/restore-archive.ts';
import type { ImportFault } from './import-fault.ts';
import type { ImportResult } from './import-plans.ts';
import type { TranscriptsResult } from './transcript/import-transcripts.ts';

const MAX_FAULTS_SHOWN = 20;

function printFaults({ printToStderr, colors }: Terminal, faults: readonly ImportFault[]): void {
  for (const { place, problem } of faults.slice(0, MAX_FAULTS_SHOWN))
    printToStderr(`${colors.yellow(escapeLine(place))}  ${escapeLine(problem)}`);
  const hidden = faults.length - MAX_FAULTS_SHOWN;
  if (hidden > 0) printToStderr(`… and ${hidden} more; --json lists them all`);
}

/** `fate` says what became of the records that have a fault. */
function printFaultCount({ print }: Terminal, count: number, fate: string): void {
  if (count > 0) print(`${formatCount(count, 'record')} ${count === 1 ? 'was' : 'were'} ${fate}.`);
}

const areIn = (conversations: number) =>
  `${formatCount(conversations, 'conversation')} ${conversations === 1 ? 'is' : 'are'} in`;

export function reportImport(
  terminal: Terminal,
  result: ImportResult | RestoreResult,
  isJson: boolean,
): void {
  if (isJson) {
    terminal.print(JSON.stringify(result));
    return;
  }
  const { conversations, changed, faults } = result;
  printFaults(terminal, faults);
  const means =
    'commands' in result
      ? formatCount(result.commands, 'command')
      : formatCount(result.entries, 'entry', 'entries');
  const changes = changed === 0 ? 'nothing was new' : `${formatNumber(changed)} new or completed by ${means}`;
  terminal.print(`${areIn(conversations)}: ${changes}.`);
  printFaultCount(terminal, faults.length, 'left out or came in only in part');
}

/** What an archive has, where nothing was brought in. */
export function reportCheck(
  terminal: Terminal,
  { leftOut: _ids, version: _version, ...result }: CheckedArchive,
  isJson: boolean,
): void {
  if (isJson) {
    terminal.print(JSON.stringify(result));
    return;
  }
  const { agents, contacts, conversations, entries, faults } = result;
  printFaults(terminal, faults);
  const parts = [
    formatCount(conversations, 'conversation'),
    formatCount(entries, 'entry', 'entries'),
    formatCount(agents, 'agent'),
    formatCount(contacts, 'contact'),
  ];
  terminal.print(`Can be brought in: ${parts.join(', ')}. Nothing was.`);
  printFaultCount(terminal, faults.length, 'found broken');
}

/** What came in of transcripts, or would come in, and what did not and why. */
export function reportTranscripts(
  terminal: Terminal,
  { counts, isDryRun, changed, commands, leftOut, faults, notes }: TranscriptsResult,
  isJson: boolean,
): void {
  if (isJson) {
    const result = { ...counts, changed, commands, leftOut, faults, notes };
    terminal.print(JSON.stringify(result));
    return;
  }
  printFaults(terminal, [...faults, ...leftOut]);
  for (const note of notes.slice(0, MAX_FAULTS_SHOWN)) terminal.printToStderr(escapeLine(note));
  const { conversations, messages, internal, attachments, toolCalls, contacts, agents } = counts;
  const parts = [
    formatCount(messages, 'message'),
    ...(internal > 0 ? [`${formatNumber(internal)} of them internal`] : []),
    ...(attachments > 0 ? [formatCount(attachments, 'attachment')] : []),
    ...(toolCalls > 0 ? [formatCount(toolCalls, 'tool call')] : []),
    formatCount(contacts, 'contact'),
    formatCount(agents, 'agent'),
  ];
  const what = `${formatCount(conversations, 'conversation')} with ${parts.join(', ')}`;
  if (isDryRun) terminal.print(`Would come in: ${what}. Nothing was changed.`);
  else {
    const changes =
      changed === 0
        ? 'nothing was new'
        : `${formatNumber(changed)} new or completed by ${formatCount(commands, 'command')}`;
    terminal.print(`Read: ${what}. ${changes.charAt(0).toUpperCase()}${changes.slice(1)}.`);
  }
  printFaultCount(terminal, leftOut.length, 'no message and left out');
  printFaultCount(terminal, faults.length, 'broken and left out');
}
