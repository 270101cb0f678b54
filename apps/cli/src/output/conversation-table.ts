import type { ConversationView, LastMessage } from '@baton/schema';
import type { Column } from './table.ts';
import type { Terminal } from './terminal.ts';
import {
  formatRelativeTime,
  truncate,
  formatNumber,
  actorName,
  formatLargestUnit,
  coloredStage,
  coloredStatus,
} from './format.ts';
import { escapeLine } from './escape-controls.ts';

export const CONVERSATION_COLUMNS: readonly Column[] = [
  { header: 'ID' },
  { header: 'CONTACT', minWidth: 18 },
  { header: 'CHANNEL', dropOrder: 1 },
  { header: 'STAGE' },
  { header: 'STATUS', dropOrder: 4 },
  { header: 'OWNER', minWidth: 12 },
  { header: 'MSGS', align: 'right', dropOrder: 3 },
  { header: 'UPDATED', dropOrder: 5 },
  { header: 'WAITS', dropOrder: 6 },
  { header: 'LAST MESSAGE', minWidth: 20, dropOrder: 2 },
];

/** Used where no terminal sets a limit. */
const PREVIEW_LENGTH = 60;

function messageLine({ author, preview }: LastMessage): string {
  return `${actorName(author)}: ${escapeLine(preview)}`;
}

/** An internal note says so, behind the last message that the customer may see. */
function lastMessageLine({ lastMessage, lastPublicMessage }: ConversationView, length: number): string {
  if (lastMessage === null) return '';
  if (lastPublicMessage === undefined) return truncate(messageLine(lastMessage), length);
  const note = `(internal) ${messageLine(lastMessage)}`;
  if (lastPublicMessage === null) return truncate(note, length);
  const shown = truncate(messageLine(lastPublicMessage), Math.floor(length / 2));
  return truncate(`${shown} · ${note}`, length);
}

export function conversationRow(
  conversation: ConversationView,
  nowMs: number,
  { colors, width }: Pick<Terminal, 'colors' | 'width'>,
): string[] {
  const { id, contactId, channel, stage, status, owner, metrics, updatedAt } = conversation;
  const { waitingSince } = metrics;
  return [
    colors.dim(id),
    truncate(escapeLine(contactId), 36),
    channel,
    coloredStage(stage, colors),
    coloredStatus(status, colors),
    owner.agentId,
    formatNumber(metrics.messages),
    formatRelativeTime(updatedAt, nowMs),
    waitingSince === null ? '' : colors.yellow(formatLargestUnit(nowMs - Date.parse(waitingSince))),
    lastMessageLine(conversation, width ?? PREVIEW_LENGTH),
  ];
}
