import type { Conversation, Qualification, QualificationCheck, QualificationField } from '@baton/schema';

export const QUALIFICATION_FIELDS = [
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

type AnswerFields = Pick<Qualification, QualificationField>;

/** The fields without an answer, or with one that lacks its detail. */
export function incompleteFields(answers: AnswerFields): QualificationField[] {
  const { budget, authority, need, timeline } = answers;
  const complete: Record<QualificationField, boolean> = {
    budget: budget?.value !== undefined,
    authority: authority?.role !== undefined,
    need: (need?.painPoints?.length ?? 0) > 0 || need?.useCase !== undefined,
    timeline: timeline?.timeframe !== undefined,
  };
  return QUALIFICATION_FIELDS.filter((field) => !complete[field]);
}

/** `score` is 0 to 100: the mean of verdict × confidence; null until all four answers are given. */
export function assess(answers: AnswerFields): Pick<Qualification, 'complete' | 'met' | 'score'> {
  const given = QUALIFICATION_FIELDS.map((field) => answers[field]).filter((answer) => answer !== null);
  const complete = incompleteFields(answers).length === 0;
  const sum = given.reduce((total, answer) => total + (answer.verdict ? answer.confidence * 100 : 0), 0);
  return {
    complete,
    met: complete && given.every((answer) => answer.verdict),
    score: given.length === QUALIFICATION_FIELDS.length ? sum / QUALIFICATION_FIELDS.length : null,
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
