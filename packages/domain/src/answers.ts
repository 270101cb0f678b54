import type { Conversation, Qualification, QualificationCheck, QualificationField } from '@baton/schema';

export const FIELDS = [
  'budget',
  'authority',
  'need',
  'timeline',
] as const satisfies readonly QualificationField[];

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
export function judge(answers: Four): Pick<Qualification, 'complete' | 'met' | 'score'> {
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
