import type { Certainty, CommandInput, Evidence, Qualification, QualificationField } from '@baton/schema';
import { parseMoney } from '../../format/number.ts';
import { linesOf } from './parse-lines.ts';

/** The longest detail that every field takes. */
export const MOST_DETAIL = 200;

type Given = Omit<CommandInput<'qualification.record'>, 'conversationId' | 'by'>;

function detailOf(qualification: Qualification, field: QualificationField): string {
  if (field === 'need')
    return (qualification.need?.painPoints ?? [qualification.need?.useCase ?? '']).join('\n');
  if (field === 'budget') return qualification.budget?.value ?? '';
  if (field === 'authority') return qualification.authority?.role ?? '';
  return qualification.timeline?.timeframe ?? '';
}

export type AnswerText = {
  verdict: 'yes' | 'no';
  detail: string;
  confidence: number;
  certainty: Certainty;
  evidence: readonly Evidence[];
  /** Beside the detail of each field. */
  minimum: string;
  needsApproval: boolean;
  urgency: 'low' | 'medium' | 'high' | 'open';
};

/** Words that were marked take the place of what the same message proved before. */
function withMarked(known: readonly Evidence[], given: Evidence | undefined): readonly Evidence[] {
  if (given === undefined) return known;
  const isKnown = known.some(({ seq }) => seq === given.seq);
  if (isKnown && given.start === undefined) return known;
  return [...known.filter(({ seq }) => seq !== given.seq), given];
}

/**
 * An answer as it stands, to be changed.
 * @param given words that were just marked for it, with what they say where it is the detail of a new answer
 */
export function answerTextOf(
  qualification: Qualification,
  field: QualificationField,
  given?: Evidence,
  words = '',
): AnswerText {
  const answer = qualification[field];
  return {
    verdict: answer?.verdict === false ? 'no' : 'yes',
    detail: detailOf(qualification, field) || words.slice(0, MOST_DETAIL),
    confidence: answer?.confidence ?? 0.9,
    certainty: answer?.certainty ?? 'fact',
    evidence: withMarked(answer?.evidence ?? [], given),
    minimum:
      qualification.budget?.minimumCents === undefined ? '' : String(qualification.budget.minimumCents / 100),
    needsApproval: qualification.authority?.needsApproval ?? false,
    urgency: qualification.timeline?.urgency ?? 'open',
  };
}

/** The command of an answer as typed; a detail that is empty leaves the earlier one as it is. */
export function recordOf(field: QualificationField, text: AnswerText): Given {
  const { detail, confidence, certainty, evidence, minimum, needsApproval, urgency } = text;
  const words = detail.trim() === '' ? undefined : detail.trim();
  const given = { verdict: text.verdict === 'yes', confidence, certainty, evidence: [...evidence] };
  switch (field) {
    case 'budget':
      return { budget: { ...given, value: words, minimumCents: parseMoney(minimum) ?? undefined } };
    case 'authority':
      return { authority: { ...given, role: words, needsApproval } };
    case 'need':
      return { need: { ...given, painPoints: words === undefined ? undefined : linesOf(words) } };
    case 'timeline':
      return { timeline: { ...given, timeframe: words, urgency: urgency === 'open' ? undefined : urgency } };
  }
}
