import type { Conversation } from '@baton/schema';
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

export function conversationRow(
  conversation: Conversation,
  nowMs: number,
  { colors, width }: Pick<Terminal, 'colors' | 'width'>,
): string[] {
  const { id, contactId, channel, stage, status, owner, metrics, updatedAt, lastMessage } = conversation;
  const { waitingSince } = metrics;
  const preview =
    lastMessage === null ? '' : `${actorName(lastMessage.author)}: ${escapeLine(lastMessage.preview)}`;
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
    truncate(preview, width ?? PREVIEW_LENGTH),
  ];
}
