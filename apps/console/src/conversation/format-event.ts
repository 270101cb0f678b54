import type { Actor, AgentId, Entry } from '@baton/schema';
import { formatMoney } from '../format/number.ts';
import {
  channelLabels,
  consentWords,
  fieldLabels,
  followUpLabels,
  objectionLabels,
  paymentLabels,
  stageLabels,
  statusLabels,
} from '../format/labels.ts';
import { isolate } from '../format/isolate.ts';
import { exactTime } from '../format/time.ts';
import type { EventEntry } from './timeline-model.ts';

export type NameOf = (agentId: AgentId) => string;

function actorName(actor: Actor, nameOf: NameOf): string {
  if (actor.agentId !== undefined) return nameOf(actor.agentId);
  return actor.kind === 'customer' ? 'The customer' : 'Baton';
}

const because = (reason: string | null): string => (reason === null ? '' : `: ${isolate(reason)}`);

const untilNote = ({ until }: { until?: string | undefined }) =>
  until === undefined ? '' : ` until ${exactTime(until)}`;

/** A manager overruled the owner's capacity or availability. */
const forcedNote = (entry: { forced?: true | undefined }) => (entry.forced ? ' (forced)' : '');

const handoffVerbs = {
  transferred: 'handed over',
  requested: 'asked',
  accepted: 'accepted',
  rejected: 'declined',
  cancelled: 'withdrew',
  expired: 'let run out',
  taken_over: 'took over',
  released: 'gave back',
} as const;

/** Resolutions written by the rules begin with an agent's id ("max took over"); others are a person's own words. */
function replaceLeadingAgentId(text: string | null, { agentId }: Actor, nameOf: NameOf): string | null {
  if (text === null || agentId === undefined || !text.startsWith(`${agentId} `)) return text;
  return nameOf(agentId) + text.slice(agentId.length);
}

function formatHandoff(entry: Extract<Entry, { kind: 'handoff' }>, nameOf: NameOf): string {
  const { action, handoff } = entry;
  const to = nameOf(handoff.to);
  const why = replaceLeadingAgentId(handoff.resolution, entry.actor, nameOf);
  const reason = because(why);
  switch (action) {
    case 'requested':
      return `${nameOf(handoff.from)} asked ${to} to take the conversation: ${isolate(handoff.reason)}`;
    case 'rejected':
      return `${to} declined${reason}`;
    case 'cancelled':
      return `The request to ${to} was withdrawn${reason}`;
    case 'expired':
      return `The request to ${to} ran out`;
    default:
      return `${actorName(entry.actor, nameOf)} ${handoffVerbs[action]}${forcedNote(entry)}`;
  }
}

const objectionVerbs = { raised: 'raised', resolved: 'resolved', deferred: 'put off' } as const;
const followUpVerbs = {
  scheduled: 'scheduled',
  snoozed: 'put off',
  cancelled: 'cancelled',
  completed: 'done',
  failed: 'failed, to be tried again',
  dead: 'given up',
} as const;

function formatQualification(entry: Extract<Entry, { kind: 'qualification' }>, nameOf: NameOf): string {
  const fields = (['budget', 'authority', 'need', 'timeline'] as const).flatMap((field) => {
    const answer = entry.answers[field];
    return answer === undefined ? [] : [`${fieldLabels[field]} ${answer.verdict ? 'yes' : 'no'}`];
  });
  return `${actorName(entry.actor, nameOf)} recorded ${fields.join(', ')}`;
}

function formatDeal({ deal, outcome }: Extract<Entry, { kind: 'deal' }>): string {
  const value = deal.monthlyValueCents === null ? '' : `, ${formatMoney(deal.monthlyValueCents)} a month`;
  const method = deal.paymentMethod === null ? '' : `, ${paymentLabels[deal.paymentMethod].toLowerCase()}`;
  if (outcome === 'won') return `Deal won${value}${method}`;
  if (outcome === 'lost') return `Deal lost${because(deal.closeReason)}`;
  return `Deal changed${value}${method}`;
}

const messageName = ({ targetSeq }: { targetSeq: number }): string => `Message ${targetSeq}`;

export function formatEvent(entry: EventEntry, nameOf: NameOf): string {
  switch (entry.kind) {
    case 'created':
      return `Began on ${channelLabels[entry.channel]}, held by ${nameOf(entry.agentId)}${forcedNote(entry)}`;
    case 'handoff':
      return formatHandoff(entry, nameOf);
    case 'stage': {
      const how = entry.forced ? 'forced to' : 'moved to';
      const why = because(entry.lossReason ?? entry.reason);
      return `${actorName(entry.actor, nameOf)} ${how} ${stageLabels[entry.to]}${why}`;
    }
    case 'qualification':
      return formatQualification(entry, nameOf);
    case 'objection':
      return `${objectionLabels[entry.objection.type]} objection ${objectionVerbs[entry.action]}`;
    case 'follow_up':
      return `Follow-up ${followUpVerbs[entry.action]}: ${followUpLabels[entry.followUp.type].toLowerCase()}`;
    case 'deal':
      return formatDeal(entry);
    case 'status':
      return `${statusLabels[entry.to]}${untilNote(entry)}${forcedNote(entry)}${because(entry.reason)}`;
    case 'details':
      return entry.tags === undefined
        ? 'Details changed'
        : `Tags: ${entry.tags.length === 0 ? 'none' : entry.tags.map(isolate).join(', ')}`;
    case 'revision':
      return `${messageName(entry)} was edited${because(entry.reason)}`;
    case 'delivery':
      return `${messageName(entry)}: ${entry.state}${because(entry.error)}`;
    case 'rating':
      return `${messageName(entry)} was rated ${entry.verdict}${because(entry.note)}`;
    case 'redaction':
      return `${messageName(entry)} was redacted${because(entry.reason)}`;
    case 'erasure':
      return 'All that was said here was erased';
    case 'contact':
      return `${consentWords[entry.consent.state]}: ${isolate(entry.consent.source)}`;
    case 'unknown':
      return 'An entry of a newer version';
  }
}
