import type { ErasureCounts } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { confirm } from './confirm.ts';
import { registerKnownContacts } from './known-contacts.ts';
import { allItems } from '../api/pagination.ts';
import { escapeLine } from '../output/escape-controls.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

const KINDS: [keyof ErasureCounts, string][] = [
  ['contacts', 'contact'],
  ['conversations', 'conversations'],
  ['entries', 'entries of timelines'],
  ['messages', 'of these, messages'],
  ['handoffs', 'handoffs'],
  ['objections', 'objections'],
  ['followUps', 'follow-ups'],
  ['answers', 'answers about the sale'],
  ['deals', 'deals'],
  ['refusedMessages', 'refused messages'],
];

function printCounts(terminal: Terminal, counts: ErasureCounts): void {
  printTable(
    terminal,
    [
      { header: 'KIND', minWidth: 24 },
      { header: 'COUNT', align: 'right' },
    ],
    KINDS.map(([kind, label]) => [label, String(counts[kind])]),
  );
}

export function registerContacts(program: Command, context: CommandContext): void {
  const { terminal, connect } = context;
  const group = program.command('contacts').description('what is kept about a person, and its end');
  registerKnownContacts(group, context);
  group
    .command('export')
    .description('write all that is kept about a contact as JSON Lines, a record a line')
    .argument('<contact>', "the contact's own key")
    .action(async (contactId: string) => {
      const { api } = await connect();
      for await (const record of allItems((page) => api.privacy.exportContact.query({ contactId, ...page })))
        await terminal.printBulk(JSON.stringify(record));
    });
  group
    .command('erase')
    .description('erase all that a contact said and all that was written about them, for good')
    .argument('<contact>', "the contact's own key")
    .option('--yes', 'erase without asking')
    .action(async (contactId: string, { yes = false }: { yes?: boolean }, self: Command) => {
      const { api } = await connect();
      const counts = await api.privacy.preview.query({ contactId });
      if (!yes) {
        printCounts({ ...terminal, print: terminal.printToStderr }, counts);
        await confirm(terminal, `Erase all of this about ${escapeLine(contactId)} for good?`, {
          to: 'erase',
          refused: 'Nothing was erased.',
        });
      }
      const erasure = await api.privacy.eraseContact.mutate({ contactId });
      if (wantsJson(self)) terminal.print(JSON.stringify(erasure));
      else if (erasure.state === 'running')
        terminal.print(`Erasure ${erasure.id} is running; the servers go on with it.`);
      else {
        printCounts(terminal, erasure.counts);
        terminal.print(`Erased. The record is ${erasure.id}; ${erasure.pseudonym} stands for the contact.`);
      }
    });
}
