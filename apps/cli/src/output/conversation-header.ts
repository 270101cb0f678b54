import type { Conversation } from '@baton/schema';
import type { Terminal } from './terminal.ts';
import { dealSummary } from './timeline-lines.ts';
import {
  formatRelativeTime,
  formatNumber,
  formatCount,
  formatDuration,
  formatInstant,
  coloredStage,
  coloredStatus,
} from './format.ts';
import { escapeLine } from './escape-controls.ts';

export function headerLines(
  conversation: Conversation,
  nowMs: number,
  { colors }: Pick<Terminal, 'colors'>,
): string[] {
  const { owner, metrics, qualification, pendingHandoff, objections, followUps, tags, deal, pausedUntil } =
    conversation;
  const { waitingSince } = metrics;
  const score = qualification.score === null ? 'not scored' : `score ${Math.round(qualification.score)}`;
  const lines: [string, string | null][] = [
    [
      '',
      `${colors.bold(escapeLine(conversation.contactId))} on ${conversation.channel}  ${colors.dim(conversation.id)}`,
    ],
    ['stage', `${coloredStage(conversation.stage, colors)}, ${coloredStatus(conversation.status, colors)}`],
    ['paused', pausedUntil === undefined ? null : `until ${formatInstant(pausedUntil)}`],
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
        : `${pendingHandoff.from} → ${pendingHandoff.to} is pending: ${escapeLine(pendingHandoff.reason)}`,
    ],
    [
      'qualified',
      conversation.isQualified === null ? null : `${conversation.isQualified ? 'yes' : 'no'}, ${score}`,
    ],
    ['deal', deal === null ? null : escapeLine(dealSummary(deal))],
    ...objections.map(({ type, severity, text }): [string, string] => [
      'objection',
      `${type}, ${severity}: ${escapeLine(text)}`,
    ]),
    ...followUps.map(({ type, dueAt }): [string, string] => [
      'follow-up',
      `${type}, ${formatRelativeTime(dueAt, nowMs)} (${formatInstant(dueAt)})`,
    ]),
    [
      'messages',
      `${formatNumber(metrics.messages)}, ${formatNumber(metrics.customerMessages)} of the customer`,
    ],
    ['tags', tags.length === 0 ? null : tags.map(escapeLine).join(', ')],
  ];
  return lines.flatMap(([label, value]) =>
    value === null ? [] : [label === '' ? value : `${colors.dim(label.padEnd(10))}${value}`],
  );
}
