import type { Conversation } from '@baton/schema';
import type { Terminal } from './terminal.ts';
import { dealSummary } from './timeline-lines.ts';
import {
  formatRelativeTime,
  formatNumber,
  formatCount,
  formatDuration,
  formatInstant,
  stripControlCharacters,
  coloredStage,
  coloredStatus,
} from './format.ts';

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
