import type { Conversation, Entry } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from '../cli.ts';
import { timelineEntries } from './export.ts';
import { parseConversationId } from './option.ts';
import type { Terminal } from '../output/terminal.ts';
import { dealSummary, entryLines } from '../output/timeline-lines.ts';
import {
  formatRelativeTime,
  formatNumber,
  formatCount,
  formatDuration,
  formatInstant,
  stripControlCharacters,
  coloredStage,
  coloredStatus,
} from '../output/format.ts';

/** What a person wants to know of a conversation before reading it. */
export function headerLines(
  conversation: Conversation,
  nowMs: number,
  { colors }: Pick<Terminal, 'colors'>,
): string[] {
  const { owner, metrics, qualification, pendingHandoff, objections, followUps, tags, deal } = conversation;
  const { waitingSince } = metrics;
  const score = qualification.score === null ? 'not scored' : `score ${Math.round(qualification.score)}`;
  const lines: [string, string | null][] = [
    [
      '',
      `${colors.bold(stripControlCharacters(conversation.contactId))} on ${conversation.channel}  ${colors.dim(conversation.id)}`,
    ],
    ['stage', `${coloredStage(conversation.stage, colors)}, ${coloredStatus(conversation.status, colors)}`],
    [
      'owner',
      `${owner.agentId}, since ${formatInstant(owner.since)} (${formatRelativeTime(owner.since, nowMs)}), epoch ${owner.epoch}, ${formatCount(conversation.handoffCount, 'handoff')}`,
    ],
    [
      'waiting',
      waitingSince === null
        ? null
        : colors.yellow(`${formatDuration(nowMs - Date.parse(waitingSince))} for an answer`),
    ],
    [
      'handoff',
      pendingHandoff === null
        ? null
        : `${pendingHandoff.from} → ${pendingHandoff.to} is pending: ${stripControlCharacters(pendingHandoff.reason)}`,
    ],
    [
      'qualified',
      conversation.isQualified === null ? null : `${conversation.isQualified ? 'yes' : 'no'}, ${score}`,
    ],
    ['deal', deal === null ? null : stripControlCharacters(dealSummary(deal))],
    ...objections.map(({ type, severity, text }): [string, string] => [
      'objection',
      `${type}, ${severity}: ${stripControlCharacters(text)}`,
    ]),
    ...followUps.map(({ type, dueAt }): [string, string] => [
      'follow-up',
      `${type}, ${formatRelativeTime(dueAt, nowMs)} (${formatInstant(dueAt)})`,
    ]),
    [
      'messages',
      `${formatNumber(metrics.messages)}, ${formatNumber(metrics.customerMessages)} of the customer`,
    ],
    ['tags', tags.length === 0 ? null : tags.map(stripControlCharacters).join(', ')],
  ];
  return lines.flatMap(([label, value]) =>
    value === null ? [] : [label === '' ? value : `${colors.dim(label.padEnd(10))}${value}`],
  );
}

export function registerShow(program: Command, context: CommandContext): void {
  program
    .command('show')
    .description('one conversation: where it stands, and everything that happened')
    .argument('<conversation>', 'its id', parseConversationId)
    .action(async (id: ReturnType<typeof parseConversationId>, _options: unknown, self: Command) => {
      const { api } = await context.connect();
      const conversation = await api.conversations.get.query({ conversationId: id });
      const entries: Entry[] = [];
      for await (const entry of timelineEntries(api, conversation.id)) entries.push(entry);
      const { terminal } = context;
      if (wantsJson(self)) {
        terminal.print(JSON.stringify({ conversation, entries }));
        return;
      }
      for (const line of headerLines(conversation, Date.now(), terminal)) terminal.print(line);
      terminal.print('');
      for (const entry of entries)
        for (const line of entryLines(entry, terminal.colors, terminal.width)) terminal.print(line);
    });
}
