import {
  type Deal,
  type Entry,
  type EntryKind,
  type EntryOf,
  type Handoff,
  type QualificationField,
  knownEntry,
} from '@baton/schema';
import wrapAnsi from 'wrap-ansi';
import type { Colors } from './terminal.ts';
import { formatCost, formatDollars, formatInstant, actorName, formatPercent } from './format.ts';
import { escapeControls, escapeLine } from './escape-controls.ts';
import { partLine } from './part-lines.ts';

/** Aligns further lines of a message with its first. */
const INDENT = ' '.repeat(18);

/** Narrower text is easier to read when the terminal breaks the lines. */
const MIN_WRAP_WIDTH = 30;

export function wrapLine(line: string, width: number | null): string[] {
  if (width === null || width < MIN_WRAP_WIDTH) return line.split('\n');
  return wrapAnsi(line, width, { hard: true, trim: false })
    .split('\n')
    .map((part, index) => (index === 0 ? part : part.trimStart()).trimEnd());
}

function messageLines(entry: EntryOf<'message'>, colors: Colors): string[] {
  const { author, visibility, text, redactedAt, parts = [], usage, sentAt } = entry;
  const name = actorName(author);
  const who = author.kind === 'customer' ? colors.bold(colors.cyan(name)) : colors.bold(name);
  const note = visibility === 'internal' ? colors.yellow(' (internal)') : '';
  const body = redactedAt === null ? escapeControls(text) : colors.dim('(redacted)');
  const [first = '', ...rest] = body.split('\n');
  const partLines = parts.flatMap((part) => partLine(part, text) ?? []);
  const sentLine = sentAt === undefined ? [] : [`sent ${formatInstant(sentAt)}`];
  const costLine =
    usage === undefined
      ? []
      : [
          `${usage.model}, ${usage.inputTokens} + ${usage.outputTokens} tokens, ${formatCost(usage.costMicros)}`,
        ];
  return [
    `${who}${note}: ${first}`,
    ...rest,
    ...[...sentLine, ...partLines, ...costLine].map((line) => colors.dim(escapeControls(line))),
  ];
}

const because = (reason: string | null): string => (reason === null ? '' : `: ${escapeControls(reason)}`);

export function dealSummary(deal: Deal): string {
  const parts = [
    deal.monthlyValueCents === null ? null : `${formatDollars(deal.monthlyValueCents)} a month`,
    deal.setupFeeCents === null ? null : `${formatDollars(deal.setupFeeCents)} setup`,
    deal.contractMonths === null ? null : `${deal.contractMonths} months`,
    deal.discountPercent === null ? null : `${deal.discountPercent} % off`,
    deal.paymentMethod,
    deal.closeReason,
  ];
  return parts.filter((part) => part !== null).join(', ') || 'nothing agreed yet';
}

function briefLines({ brief }: Handoff): string[] {
  if (brief === null) return [];
  return [
    `goal: ${brief.goal}`,
    ...brief.done.map((text) => `done: ${text}`),
    ...brief.open.map((text) => `open: ${text}`),
    ...brief.facts.map(({ text, seqs }) => `fact: ${text} (${seqs.map((seq) => `#${seq}`).join(' ')})`),
    `next: ${brief.nextStep}`,
  ];
}

/** Says that a manager overruled the rules. */
const forcedNote = (forced: boolean | undefined) => (forced === true ? ' (forced)' : '');

function handoffLines({ action, handoff, forced }: EntryOf<'handoff'>, colors: Colors): string[] {
  const { from, to, trigger, confidence, reason, resolution } = handoff;
  const isReasonShown =
    action === 'requested' || action === 'transferred' || action === 'taken_over' || action === 'released';
  return [
    `handoff ${action.replace('_', ' ')}: ${from} → ${to} (${trigger}, ${formatPercent(confidence)})${forcedNote(forced)}`,
    ...(isReasonShown ? [escapeControls(reason), ...briefLines(handoff).map(escapeControls)] : []),
    ...(resolution === null ? [] : [escapeControls(resolution)]),
  ].map((line, index) => (index === 0 ? line : colors.dim(line)));
}

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const satisfies readonly QualificationField[];

function answerLines({ answers }: EntryOf<'qualification'>): string[] {
  const details = {
    budget: answers.budget?.value,
    authority: answers.authority?.role,
    need: answers.need?.useCase ?? answers.need?.painPoints?.join('; '),
    timeline: answers.timeline?.timeframe,
  };
  return FIELDS.flatMap((field) => {
    const answer = answers[field];
    if (answer === undefined) return [];
    const { verdict, confidence, certainty, evidence } = answer;
    const proof = evidence.map(({ seq }) => `#${seq}`).join(' ');
    const confidenceNote = `${formatPercent(confidence)} ${certainty}${proof === '' ? '' : `, ${proof}`}`;
    return [
      `${field}: ${verdict ? 'yes' : 'no'}, ${escapeControls(details[field] ?? 'no detail')} (${confidenceNote})`,
    ];
  });
}

const entryFormatters: { [Kind in EntryKind]: (entry: EntryOf<Kind>, colors: Colors) => string[] } = {
  created: ({ contactId, channel, agentId, forced }) => [
    `created: ${escapeLine(contactId)} on ${channel}, owned by ${agentId}${forcedNote(forced)}`,
  ],
  message: messageLines,
  owner: ({ from, to, epoch }) => [`owner: ${from} → ${to} (epoch ${epoch})`],
  handoff: handoffLines,
  stage: ({ from, to, reason, lossReason, forced }) => [
    `stage: ${from} → ${to}${forcedNote(forced)}`,
    ...[lossReason ?? reason].filter((text) => text !== null).map(escapeControls),
  ],
  qualification: answerLines,
  objection: ({ action, objection }) => [
    `objection ${action}: ${objection.type}, ${objection.severity}: ${escapeControls(objection.text)}`,
    ...(action === 'resolved' && objection.method !== null
      ? [`by: ${escapeControls(objection.method)}`]
      : []),
    ...(action === 'deferred' && objection.deferReason !== null
      ? [escapeControls(objection.deferReason)]
      : []),
  ],
  follow_up: ({ action, followUp }) => [
    `follow-up ${action}: ${followUp.type}, due ${formatInstant(followUp.dueAt)}${followUp.repeat === undefined ? '' : ', repeats'}${followUp.assignee === null ? '' : `, ${followUp.assignee}`}`,
    ...[followUp.outcome ?? followUp.lastError ?? followUp.context]
      .filter((text) => text !== null)
      .map(escapeControls),
  ],
  deal: ({ outcome, deal }) => [
    `deal${outcome === null ? '' : ` ${outcome}`}: ${escapeControls(dealSummary(deal))}`,
  ],
  status: ({ from, to, reason, forced, until }) => [
    `status: ${from} → ${to}${until === undefined ? '' : ` until ${formatInstant(until)}`}${forcedNote(forced)}`,
    ...(reason === null ? [] : [escapeControls(reason)]),
  ],
  details: ({ tags, metadata }) => [
    ...(tags === undefined ? [] : [`tags: ${tags.map(escapeLine).join(', ') || 'none'}`]),
    ...(metadata === undefined ? [] : [`metadata: ${escapeControls(JSON.stringify(metadata))}`]),
  ],
  revision: ({ targetSeq, text, parts = [], reason }) => [
    `edited #${targetSeq}${because(reason)}`,
    ...(text === '' ? [] : escapeControls(text).split('\n')),
    ...parts.flatMap((part) => partLine(part, text) ?? []).map(escapeControls),
  ],
  delivery: ({ targetSeq, state, error, sentAt }) => [
    `#${targetSeq} ${state}${sentAt === undefined ? '' : ` at ${formatInstant(sentAt)}`}${because(error)}`,
  ],
  rating: ({ targetSeq, verdict, note }) => [`rated #${targetSeq} ${verdict}${because(note)}`],
  redaction: ({ targetSeq, reason }) => [`redacted #${targetSeq}${because(reason)}`],
  erasure: () => ['everything before this erased'],
  contact: ({ consent }) => [`consent: ${consent.state}, ${escapeLine(consent.source)}`],
  unknown: () => ['an entry of a newer version'],
};

/**
 * An entry for a person: number and time, then what was said or happened.
 * @param width of the terminal; null for no limit
 */
export function entryLines(storedEntry: Entry, colors: Colors, width: number | null = null): string[] {
  const entry = knownEntry(storedEntry);
  // The compiler cannot relate the key to the kind of the entry.
  const formatEntry = entryFormatters[entry.kind] as (entry: Entry, colors: Colors) => string[];
  const [first = '', ...rest] = formatEntry(entry, colors);
  const prefix = `${`#${entry.seq}`.padStart(5)} ${formatInstant(entry.at).slice(5)} `;
  const isMessage = entry.kind === 'message';
  const headline = isMessage ? first : colors.dim(`· ${first}`);
  const lines = [headline, ...rest].flatMap((line) =>
    wrapLine(line, width === null ? null : width - INDENT.length),
  );
  return lines.map((line, index) => `${index === 0 ? colors.dim(prefix) : INDENT}${line}`);
}
