import { Channel, type Contact, ConsentState, type UpdateContact } from '@baton/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseCount } from './option-parsers.ts';
import { firstItems } from '../api/pagination.ts';
import { escapeLine } from '../output/escape-controls.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

const DETAILS = ['name', 'email', 'phone', 'timeZone', 'language'] as const;

function printContact(terminal: Terminal, contact: Contact): void {
  const rows = [
    ['id', contact.id],
    ...DETAILS.map((field) => [field, contact[field] ?? '']),
    ...Object.entries(contact.attributes).map(([key, value]) => [key, String(value)]),
    ['first seen', contact.firstSeenAt],
    ['last seen', contact.lastSeenAt],
    ...Channel.options.flatMap((channel) => {
      const consent = contact.consent[channel];
      return consent === undefined
        ? []
        : [[`consent ${channel}`, `${consent.state}, ${consent.at}: ${consent.source}`]];
    }),
  ].filter(([, value]) => value !== '');
  printTable(
    terminal,
    [{ header: 'FIELD' }, { header: 'VALUE' }],
    rows.map((row) => row.map(escapeLine)),
  );
}

/** Adds what looks at contacts and changes them. */
export function registerKnownContacts(group: Command, { terminal, connect }: CommandContext): void {
  const answer = (self: Command, contact: Contact) => {
    if (wantsJson(self)) terminal.print(JSON.stringify(contact));
    else printContact(terminal, contact);
  };
  group
    .command('list')
    .description('contacts by id, or those whose name, e-mail address, phone number or id have these words')
    .argument('[text]', 'the beginnings of words')
    .option('--limit <count>', 'how many at most', parseCount(10_000), 25)
    .action(async (text: string | undefined, { limit }: { limit: number }, self: Command) => {
      const { api } = await connect();
      const found = await firstItems(limit, (page) => api.contacts.list.query({ text, ...page }));
      if (wantsJson(self)) terminal.print(JSON.stringify(found));
      else if (found.items.length === 0) terminal.printToStderr('No contact fits.');
      else
        printTable(
          terminal,
          [
            { header: 'ID', minWidth: 12 },
            { header: 'NAME', minWidth: 12, dropOrder: 3 },
            { header: 'EMAIL', minWidth: 12, dropOrder: 2 },
            { header: 'PHONE', minWidth: 12, dropOrder: 1 },
          ],
          found.items.map(({ id, name = '', email = '', phone = '' }) =>
            [id, name, email, phone].map(escapeLine),
          ),
        );
    });
  group
    .command('show')
    .description('what is known of a contact, and what they agreed to')
    .argument('<contact>', "the contact's own key")
    .action(async (contactId: string, _options: object, self: Command) => {
      const { api } = await connect();
      answer(self, await api.contacts.get.query({ contactId }));
    });
  group
    .command('update')
    .description('replace what is known of a contact; an empty value removes it')
    .argument('<contact>', "the contact's own key")
    .option('--name <name>')
    .option('--email <address>')
    .option('--phone <number>', 'with its country code')
    .option('--time-zone <zone>', 'as in Europe/Berlin')
    .option('--language <language>', 'as in de or pt-BR')
    .action(async (contactId: string, given: Record<string, string>, self: Command) => {
      const input: UpdateContact = { contactId };
      for (const field of DETAILS) {
        const value = given[field];
        if (value !== undefined) input[field] = value === '' ? null : value;
      }
      const { api } = await connect();
      answer(self, await api.contacts.update.mutate(input));
    });
  group
    .command('consent')
    .description('note whether a contact agreed to messages on a channel')
    .argument('<contact>', "the contact's own key")
    .addOption(new Option('--channel <channel>', 'where').choices(Channel.options).makeOptionMandatory())
    .addOption(
      new Option('--state <state>', 'what they said').choices(ConsentState.options).makeOptionMandatory(),
    )
    .requiredOption('--source <source>', 'how it is known, as in "replied STOP"')
    .action(
      async (
        contactId: string,
        said: { channel: Channel; state: ConsentState; source: string },
        self: Command,
      ) => {
        const { api } = await connect();
        answer(self, await api.contacts.setConsent.mutate({ contactId, ...said }));
      },
    );
}
