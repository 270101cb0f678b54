import {
  type AgentId,
  Channel,
  type Conversation,
  ConversationStatus,
  SalesStage,
  type Timestamp,
} from '@baton/schema';
import { type Command, Option } from 'commander';
import { type Cli, wantsJson } from '../cli.ts';
import { agentId, countOption, instantOption } from './option.ts';
import { firstItems } from '../api/pages.ts';
import { type Column, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import {
  ago,
  clipped,
  count,
  nameOf,
  roughly,
  shown,
  stageInColour,
  statusInColour,
} from '../output/format.ts';

type Filters = {
  status?: ConversationStatus;
  stage?: SalesStage;
  agent?: AgentId;
  contact?: string;
  channel?: Channel;
  tag?: string;
  updatedAfter?: Timestamp;
  waiting?: boolean;
  limit: number;
};

const COLUMNS: readonly Column[] = [
  { head: 'ID' },
  { head: 'CONTACT', least: 18 },
  { head: 'CHANNEL', goes: 1 },
  { head: 'STAGE' },
  { head: 'STATUS', goes: 4 },
  { head: 'OWNER', least: 12 },
  { head: 'MSGS', align: 'right', goes: 3 },
  { head: 'UPDATED', goes: 5 },
  { head: 'WAITS', goes: 6 },
  { head: 'LAST MESSAGE', least: 20, goes: 2 },
];

/** Characters of the last message where no screen sets a limit. */
const PREVIEW = 60;

export function conversationRow(
  conversation: Conversation,
  nowMs: number,
  { colors, width }: Pick<Terminal, 'colors' | 'width'>,
): string[] {
  const { id, contactId, channel, stage, status, owner, metrics, updatedAt, lastMessage } = conversation;
  const { waitingSince } = metrics;
  const preview = lastMessage === null ? '' : `${nameOf(lastMessage.author)}: ${shown(lastMessage.preview)}`;
  return [
    colors.dim(id),
    clipped(shown(contactId), 36),
    channel,
    stageInColour(stage, colors),
    statusInColour(status, colors),
    owner.agentId,
    count(metrics.messages),
    ago(updatedAt, nowMs),
    waitingSince === null ? '' : colors.yellow(roughly(nowMs - Date.parse(waitingSince))),
    clipped(preview, width ?? PREVIEW),
  ];
}

export function registerList(program: Command, cli: Cli): void {
  program
    .command('list')
    .description('conversations, the newest change first')
    .addOption(
      new Option('--status <status>', 'only those with this status').choices(ConversationStatus.options),
    )
    .addOption(new Option('--stage <stage>', 'only those in this stage').choices(SalesStage.options))
    .addOption(new Option('--channel <channel>', 'only those on this channel').choices(Channel.options))
    .option('--agent <agent>', 'only what this agent owns', agentId)
    .option('--contact <contact>', 'only those of this contact')
    .option('--tag <tag>', 'only those with this tag')
    .option(
      '--updated-after <instant>',
      'only what has changed since a day or an instant in UTC',
      instantOption,
    )
    .option('--waiting', 'only customers that wait for an answer, the longest first')
    .option('--limit <count>', 'how many at most', countOption(10_000), 25)
    .action(async (filters: Filters, self: Command) => {
      const { agent, contact, waiting, limit, ...same } = filters;
      const { api } = await cli.connect();
      const found = await firstItems(limit, (page) =>
        api.conversations.list.query({
          ...same,
          agentId: agent,
          contactId: contact,
          sort: waiting === true ? 'waitingSince' : 'updatedAt',
          ...page,
        }),
      );
      const { terminal } = cli;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify(found));
        return;
      }
      if (found.items.length === 0) {
        terminal.say('No conversation fits.');
        return;
      }
      const now = Date.now();
      printTable(
        terminal,
        COLUMNS,
        found.items.map((conversation) => conversationRow(conversation, now, terminal)),
      );
      if (found.nextCursor !== null)
        terminal.say(terminal.colors.dim(`There are more: --limit ${limit * 4}`));
    });
}
