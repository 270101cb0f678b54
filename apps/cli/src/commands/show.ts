import type { Conversation, Entry } from '@baton/schema';
import type { Command } from 'commander';
import { type Cli, wantsJson } from '../cli.ts';
import { entriesOf } from './export.ts';
import { conversationId } from './option.ts';
import type { Terminal } from '../output/terminal.ts';
import { dealWords, entryLines } from '../output/timeline-lines.ts';
import {
  ago,
  count,
  counted,
  duration,
  instant,
  shown,
  stageInColour,
  statusInColour,
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
      `${colors.bold(shown(conversation.contactId))} on ${conversation.channel}  ${colors.dim(conversation.id)}`,
    ],
    ['stage', `${stageInColour(conversation.stage, colors)}, ${statusInColour(conversation.status, colors)}`],
    [
      'owner',
      `${owner.agentId}, since ${instant(owner.since)} (${ago(owner.since, nowMs)}), epoch ${owner.epoch}, ${counted(conversation.handoffCount, 'handoff')}`,
    ],
    [
      'waiting',
      waitingSince === null
        ? null
        : colors.yellow(`${duration(nowMs - Date.parse(waitingSince))} for an answer`),
    ],
    [
      'handoff',
      pendingHandoff === null
        ? null
        : `${pendingHandoff.from} → ${pendingHandoff.to} is pending: ${shown(pendingHandoff.reason)}`,
    ],
    [
      'qualified',
      conversation.isQualified === null ? null : `${conversation.isQualified ? 'yes' : 'no'}, ${score}`,
    ],
    ['deal', deal === null ? null : shown(dealWords(deal))],
    ...objections.map(({ type, severity, text }): [string, string] => [
      'objection',
      `${type}, ${severity}: ${shown(text)}`,
    ]),
    ...followUps.map(({ type, dueAt }): [string, string] => [
      'follow-up',
      `${type}, ${ago(dueAt, nowMs)} (${instant(dueAt)})`,
    ]),
    ['messages', `${count(metrics.messages)}, ${count(metrics.customerMessages)} of the customer`],
    ['tags', tags.length === 0 ? null : tags.map(shown).join(', ')],
  ];
  return lines.flatMap(([label, value]) =>
    value === null ? [] : [label === '' ? value : `${colors.dim(label.padEnd(10))}${value}`],
  );
}

export function registerShow(program: Command, cli: Cli): void {
  program
    .command('show')
    .description('one conversation: where it stands, and everything that happened')
    .argument('<conversation>', 'its id', conversationId)
    .action(async (id: ReturnType<typeof conversationId>, _options: unknown, self: Command) => {
      const { api } = await cli.connect();
      const conversation = await api.conversations.get.query({ conversationId: id });
      const entries: Entry[] = [];
      for await (const entry of entriesOf(api, conversation.id)) entries.push(entry);
      const { terminal } = cli;
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
