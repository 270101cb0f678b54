import { truncateText } from '@baton/domain';
import type { Certainty, CommandInput, Evidence, Qualification, QualificationField } from '@baton/schema';
import { parseMoney } from '../../format/number.ts';
import { parseLines } from './parse-lines.ts';

/** The longest detail that every field accepts, in UTF-16 units. */
export const MAX_DETAIL_LENGTH = 200;

type RecordInput = Omit<CommandInput<'qualification.record'>, 'conversationId' | 'by'>;

function detailOf(qualification: Qualification, field: QualificationField): string {
  if (field === 'need')
    return (qualification.need?.painPoints ?? [qualification.need?.useCase ?? '']).join('\n');
  if (field === 'budget') return qualification.budget?.value ?? '';
  if (field === 'authority') return qualification.authority?.role ?? '';
  return qualification.timeline?.timeframe ?? '';
}

export type AnswerDraft = {
  verdict: 'yes' | 'no';
  detail: string;
  confidence: number;
  certainty: Certainty;
  evidence: readonly Evidence[];
  /** Only for some of the fields. */
  minimum: string;
  needsApproval: boolean;
  urgency: 'low' | 'medium' | 'high' | 'open';
};

/** A new selection replaces earlier evidence from the same message. */
function withSelected(known: readonly Evidence[], selected: Evidence | undefined): readonly Evidence[] {
  if (selected === undefined) return known;
  const isKnown = known.some(({ seq }) => seq === selected.seq);
  if (isKnown && selected.start === undefined) return known;
  return [...known.filter(({ seq }) => seq !== selected.seq), selected];
}

/**
 * The draft of a known or a new answer.
 * @param selected new evidence from a text selection
 * @param quote its text, the detail of an answer that has none
 */
export function answerDraftOf(
  qualification: Qualification,
  field: QualificationField,
  selected?: Evidence,
  quote = '',
): AnswerDraft {
  const answer = qualification[field];
  return {
    verdict: answer?.verdict === false ? 'no' : 'yes',
    detail: detailOf(qualification, field) || truncateText(quote, MAX_DETAIL_LENGTH),
    confidence: answer?.confidence ?? 0.9,
    certainty: answer?.certainty ?? 'fact',
    evidence: withSelected(answer?.evidence ?? [], selected),
    minimum:
      qualification.budget?.minimumCents === undefined ? '' : String(qualification.budget.minimumCents / 100),
    needsApproval: qualification.authority?.needsApproval ?? false,
    urgency: qualification.timeline?.urgency ?? 'open',
  };
}

/** An empty detail leaves the earlier one unchanged. */
export function recordInputOf(field: QualificationField, draft: AnswerDraft): RecordInput {
  const { detail, confidence, certainty, evidence, minimum, needsApproval, urgency } = draft;
  const trimmedDetail = detail.trim() === '' ? undefined : detail.trim();
  const answer = { verdict: draft.verdict === 'yes', confidence, certainty, evidence: [...evidence] };
  switch (field) {
    case 'budget':
      return { budget: { ...answer, value: trimmedDetail, minimumCents: parseMoney(minimum) ?? undefined } };
    case 'authority':
      return { authority: { ...answer, role: trimmedDetail, needsApproval } };
    case 'need':
      return {
        need: { ...answer, painPoints: trimmedDetail === undefined ? undefined : parseLines(trimmedDetail) },
      };
    case 'timeline':
      return {
        timeline: { ...answer, timeframe: trimmedDetail, urgency: urgency === 'open' ? undefined : urgency },
      };
  }
}
