import type { Deal, Entry, EntryKind, EntryOf, Handoff, QualificationField } from '@baton/schema';
import wrapAnsi from 'wrap-ansi';
import type { Colors } from './terminal.ts';
import { costOf, dollars, instant, nameOf, percent, shown } from './format.ts';

/** Where a message's text begins, so that its further lines stand below the first. */
const INDENT = ' '.repeat(18);

/** Narrower than this, a column of text is harder to read than lines that the terminal breaks. */
const NARROWEST = 30;

/** A line broken between words, so that none is longer than the room there is. */
export function wrapped(line: string, room: number | null): string[] {
  if (room === null || room < NARROWEST) return [line];
  return wrapAnsi(line, room, { hard: true, trim: false })
    .split('\n')
    .map((part, index) => (index === 0 ? part : part.trimStart()).trimEnd());
}

function messageLines(entry: EntryOf<'message'>, colors: Colors): string[] {
  const { author, visibility, text, redactedAt, parts = [], usage } = entry;
  const name = nameOf(author);
  const who = author.kind === 'customer' ? colors.bold(colors.cyan(name)) : colors.bold(name);
  const note = visibility === 'internal' ? colors.yellow(' (internal)') : '';
  const words = redactedAt === null ? shown(text) : colors.dim('(redacted)');
  const [first = '', ...rest] = words.split('\n');
  const pieces = parts.map((part) => {
    if (part.type === 'tool_call') return `→ ${part.name} ${part.arguments}`;
    if (part.type === 'tool_result') return `← ${part.result}`;
    return `📎 ${part.name ?? part.url}`;
  });
  const cost =
    usage === undefined
      ? []
      : [`${usage.model}, ${usage.inputTokens} + ${usage.outputTokens} tokens, ${costOf(usage.costMicros)}`];
  return [`${who}${note}: ${first}`, ...rest, ...[...pieces, ...cost].map((line) => colors.dim(shown(line)))];
}

export function dealWords(deal: Deal): string {
  const parts = [
    deal.monthlyValueCents === null ? null : `${dollars(deal.monthlyValueCents)} a month`,
    deal.setupFeeCents === null ? null : `${dollars(deal.setupFeeCents)} setup`,
    deal.contractLength === null ? null : `${deal.contractLength} months`,
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

function handoffLines({ action, handoff }: EntryOf<'handoff'>, colors: Colors): string[] {
  const { from, to, trigger, confidence, reason, resolution } = handoff;
  const why =
    action === 'requested' || action === 'transferred' || action === 'taken_over' || action === 'released';
  return [
    `handoff ${action.replace('_', ' ')}: ${from} → ${to} (${trigger}, ${percent(confidence)})`,
    ...(why ? [shown(reason), ...briefLines(handoff).map(shown)] : []),
    ...(resolution === null ? [] : [shown(resolution)]),
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
    const sure = `${percent(confidence)} ${certainty}${proof === '' ? '' : `, ${proof}`}`;
    return [`${field}: ${verdict ? 'yes' : 'no'}, ${shown(details[field] ?? 'no detail')} (${sure})`];
  });
}

const tell: { [Kind in EntryKind]: (entry: EntryOf<Kind>, colors: Colors) => string[] } = {
  created: ({ contactId, channel, agentId }) => [
    `created: ${shown(contactId)} on ${channel}, owned by ${agentId}`,
  ],
  message: messageLines,
  owner: ({ from, to, epoch }) => [`owner: ${from} → ${to} (epoch ${epoch})`],
  handoff: handoffLines,
  stage: ({ from, to, reason, lossReason, forced }) => [
    `stage: ${from} → ${to}${forced ? ' (forced)' : ''}`,
    ...[lossReason ?? reason].filter((text) => text !== null).map(shown),
  ],
  qualification: answerLines,
  objection: ({ action, objection }) => [
    `objection ${action}: ${objection.type}, ${objection.severity}: ${shown(objection.text)}`,
    ...(action === 'resolved' && objection.method !== null ? [`by: ${shown(objection.method)}`] : []),
    ...(action === 'deferred' && objection.deferReason !== null ? [shown(objection.deferReason)] : []),
  ],
  follow_up: ({ action, followUp }) => [
    `follow-up ${action}: ${followUp.type}, due ${instant(followUp.dueAt)}${followUp.assignee === null ? '' : `, ${followUp.assignee}`}`,
    ...[followUp.outcome ?? followUp.lastError ?? followUp.context]
      .filter((text) => text !== null)
      .map(shown),
  ],
  deal: ({ outcome, deal }) => [`deal${outcome === null ? '' : ` ${outcome}`}: ${shown(dealWords(deal))}`],
  status: ({ from, to, reason }) => [`status: ${from} → ${to}`, ...(reason === null ? [] : [shown(reason)])],
  details: ({ tags, metadata }) => [
    ...(tags === undefined ? [] : [`tags: ${tags.map(shown).join(', ') || 'none'}`]),
    ...(metadata === undefined ? [] : [`metadata: ${shown(JSON.stringify(metadata))}`]),
  ],
  redaction: ({ targetSeq, reason }) => [
    `redacted #${targetSeq}${reason === null ? '' : `: ${shown(reason)}`}`,
  ],
};

/**
 * An entry in lines for a person: number and time, then what was said or happened.
 * @param width columns that there are; null where a line may be as long as it is
 */
export function entryLines(entry: Entry, colors: Colors, width: number | null = null): string[] {
  // The table's key is the entry's own kind, which the compiler cannot correlate.
  const teller = tell[entry.kind] as (entry: Entry, colors: Colors) => string[];
  const [first = '', ...rest] = teller(entry, colors);
  const place = `${`#${entry.seq}`.padStart(5)} ${instant(entry.at).slice(5)} `;
  const isMessage = entry.kind === 'message';
  const told = isMessage ? first : colors.dim(`· ${first}`);
  const lines = [told, ...rest].flatMap((line) =>
    wrapped(line, width === null ? null : width - INDENT.length),
  );
  return lines.map((line, index) => `${index === 0 ? colors.dim(place) : INDENT}${line}`);
}
