import type { Baton } from '@baton/client';
import type { AgentId, AttachmentPart, ConversationView, MessageEntry } from '@baton/schema';
import { stringify } from 'csv-stringify/sync';
import type { Api } from '../api/api-command.ts';
import { allItems } from '../api/pagination.ts';
import { createProgress } from '../output/progress.ts';
import type { Terminal } from '../output/terminal.ts';
import { writeLines } from './write-lines.ts';

export type TableResult = { conversations: number; messages: number };

/** A message as a row, with columns that `baton import csv` knows. */
type Row = Record<(typeof COLUMNS)[number], string>;
const COLUMNS = [
  'conversation_id',
  'message_id',
  'sent_at',
  'author',
  'visibility',
  'body',
  'attachments',
  'channel',
  'contact_id',
  'contact_name',
  'stage',
] as const;

/**
 * Writes every message of the tenant as a row of CSV (RFC 4180). What a spreadsheet would take for a formula begins with
 * an apostrophe: https://owasp.org/www-community/attacks/CSV_Injection
 * @throws UserError where the file cannot be written
 */
export async function writeTable(
  { terminal, connect }: { terminal: Terminal; connect: () => Promise<Baton> },
  file: string | undefined,
): Promise<TableResult> {
  const { api } = await connect();
  const total = (await api.admin.stats.query()).conversations;
  using progress = createProgress(terminal, 'conversations', total);
  return writeLines(
    terminal,
    file,
    tableLines(api, () => progress.advance()),
  );
}

async function* tableLines(api: Api, onConversation: () => void): AsyncGenerator<string, TableResult> {
  const agents = new Map<AgentId, string>();
  for await (const { id, name } of allItems((page) => api.agents.list.query(page))) agents.set(id, name);
  let conversations = 0;
  let messages = 0;
  yield lineOf(COLUMNS);
  for await (const conversation of allItems((page) => api.conversations.list.query(page))) {
    const conversationId = conversation.id;
    for await (const message of allItems((page) => api.messages.list.query({ conversationId, ...page }))) {
      const row = rowOf(conversation, message, agents);
      yield lineOf(COLUMNS.map((column) => row[column]));
      messages += 1;
    }
    conversations += 1;
    onConversation();
  }
  return { conversations, messages };
}

function rowOf(
  { id, channel, contactId, contact, stage }: ConversationView,
  { clientMessageId, at, author, visibility, text, parts = [] }: MessageEntry,
  agents: ReadonlyMap<AgentId, string>,
): Row {
  const name = author.agentId === undefined ? author.kind : (agents.get(author.agentId) ?? author.agentId);
  return {
    conversation_id: id,
    message_id: clientMessageId,
    sent_at: at,
    author: author.kind === 'agent' ? name : author.kind,
    visibility,
    body: text,
    attachments: parts.flatMap((part) => (part.type === 'attachment' ? attachmentName(part) : [])).join('\n'),
    channel,
    contact_id: contactId,
    contact_name: contact?.name ?? '',
    stage,
  };
}

function attachmentName({ name, url, fileId }: AttachmentPart): string {
  return name ?? url ?? fileId ?? '';
}

function lineOf(cells: readonly string[]): string {
  return stringify([[...cells]], { escape_formulas: true, eof: false });
}
