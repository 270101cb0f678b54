import type {
  Answers,
  Conversation,
  EntryOf,
  Evidence,
  Qualification,
  QualificationCheck,
  QualificationField,
  RecordQualification,
} from '@baton/schema';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { Refusal } from './refusal.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const satisfies readonly QualificationField[];

export const EMPTY_QUALIFICATION: Qualification = {
  budget: null,
  authority: null,
  need: null,
  timeline: null,
  score: null,
  complete: false,
  met: false,
  qualifiedAt: null,
  qualifiedBy: null,
};

type Four = Pick<Qualification, QualificationField>;

/** The fields that lack an answer, or an answer that lacks its own detail. */
export function incompleteFields(answers: Four): QualificationField[] {
  const { budget, authority, need, timeline } = answers;
  const complete: Record<QualificationField, boolean> = {
    budget: budget?.value !== undefined,
    authority: authority?.role !== undefined,
    need: (need?.painPoints?.length ?? 0) > 0 || need?.useCase !== undefined,
    timeline: timeline?.timeframe !== undefined,
  };
  return FIELDS.filter((field) => !complete[field]);
}

/** `complete`, `met` and `score` (0–100, the mean of verdict × confidence) follow from the four answers alone. */
function judge(answers: Four): Pick<Qualification, 'complete' | 'met' | 'score'> {
  const four = FIELDS.map((field) => answers[field]).filter((answer) => answer !== null);
  const complete = incompleteFields(answers).length === 0;
  const sum = four.reduce((total, answer) => total + (answer.verdict ? answer.confidence * 100 : 0), 0);
  return {
    complete,
    met: complete && four.every((answer) => answer.verdict),
    score: four.length === FIELDS.length ? sum / FIELDS.length : null,
  };
}

export function checkQualification({ qualification }: Conversation): QualificationCheck {
  return {
    complete: qualification.complete,
    met: qualification.met,
    score: qualification.score,
    missing: incompleteFields(qualification),
    answered: {
      budget: qualification.budget !== null,
      authority: qualification.authority !== null,
      need: qualification.need !== null,
      timeline: qualification.timeline !== null,
    },
  };
}

function requireEvidence(evidence: readonly Evidence[], conversation: Conversation): void {
  for (const { seq, start, end } of evidence) {
    if (seq > conversation.lastSeq) {
      throw new Refusal('INVALID_INPUT', `Evidence points at entry ${seq}, the last one is ${conversation.lastSeq}`);
    }
    if (start !== undefined && end !== undefined && end <= start) {
      throw new Refusal('INVALID_INPUT', 'Evidence must end after its start', { seq, start, end });
    }
  }
}

/** Each answer given, laid over the earlier one of its field. */
function answersOf(conversation: Conversation, input: RecordQualification, context: DecideContext): Answers {
  const { qualification } = conversation;
  const stamp = { by: input.by, at: context.at };
  const none = { evidence: [] };
  const { budget, authority, need, timeline } = input;
  return {
    ...(budget && { budget: { ...none, ...qualification.budget, ...budget, ...stamp } }),
    ...(authority && { authority: { ...none, ...qualification.authority, ...authority, ...stamp } }),
    ...(need && { need: { ...none, ...qualification.need, ...need, ...stamp } }),
    ...(timeline && { timeline: { ...none, ...qualification.timeline, ...timeline, ...stamp } }),
  };
}

export const record: Decide<'qualification.record'> = (conversation, input, context) => {
  for (const field of FIELDS) requireEvidence(input[field]?.evidence ?? [], conversation);
  const drafts: Draft[] = [{ kind: 'qualification', answers: answersOf(conversation, input, context) }];
  if (input.advance !== true) return drafts;
  const answered = after(conversation, drafts, context);
  const opens = answered.stage !== 'qualified' && answered.qualification.met;
  return opens ? [...drafts, ...moveStage(answered, { to: 'qualified' }, context)] : drafts;
};

export function applyQualification(conversation: Conversation, entry: EntryOf<'qualification'>): Conversation {
  const before = conversation.qualification;
  const four = { ...before, ...entry.answers };
  const judged = judge(four);
  const isQualified = judged.complete ? judged.met : conversation.isQualified;
  const became = isQualified === true && conversation.isQualified !== true;
  return {
    ...conversation,
    handoffChain: [conversation.owner.agentId],
    isQualified,
    qualification: {
      ...four,
      ...judged,
      qualifiedAt: became ? entry.at : isQualified === true ? before.qualifiedAt : null,
      qualifiedBy: became ? (entry.actor.agentId ?? null) : isQualified === true ? before.qualifiedBy : null,
    },
  };
}
