import type {
  Answers,
  Consent,
  Conversation,
  Deal,
  FollowUp,
  Handoff,
  Objection,
  Qualification,
} from '@baton/schema';

/** Stands where a text was that may not be missing. */
const ERASED_TEXT = '[erased]';

export function erasedHandoff(handoff: Handoff): Handoff {
  return { ...handoff, reason: ERASED_TEXT, brief: null, resolution: null };
}

export function erasedObjection(objection: Objection): Objection {
  return { ...objection, text: '', method: null, notes: null, deferReason: null };
}

export function erasedFollowUp(followUp: FollowUp): FollowUp {
  const { repeat: _repeat, ...rest } = followUp;
  return { ...rest, timeZone: null, context: null, lastError: null, outcome: null };
}

export function erasedDeal(deal: Deal): Deal {
  return { ...deal, closeReason: null };
}

export function erasedConsent(consent: Consent): Consent {
  return { ...consent, source: ERASED_TEXT };
}

/** What is left of an answer: enough that whether it is complete, and its score, stay as they were. */
export function erasedAnswers(answers: Answers): Answers {
  const { budget, authority, need, timeline } = answers;
  return {
    ...(budget && { budget: { ...verdictOf(budget), ...erased('value', budget.value) } }),
    ...(authority && { authority: { ...verdictOf(authority), ...erased('role', authority.role) } }),
    ...(need && {
      need: {
        ...verdictOf(need),
        ...(need.painPoints && { painPoints: need.painPoints.map(() => ERASED_TEXT) }),
        ...erased('useCase', need.useCase),
      },
    }),
    ...(timeline && { timeline: { ...verdictOf(timeline), ...erased('timeframe', timeline.timeframe) } }),
  };
}

type Answer = NonNullable<Answers[keyof Answers]>;

function verdictOf({ verdict, confidence, certainty, by, at }: Answer) {
  return { verdict, confidence, certainty, evidence: [], by, at };
}

function erased<Field extends string>(field: Field, value: string | undefined) {
  // A computed key widens to string, and this is the one that was given.
  return (value === undefined ? {} : { [field]: ERASED_TEXT }) as { [Key in Field]?: string };
}

function erasedQualification(qualification: Qualification): Qualification {
  const { budget, authority, need, timeline } = qualification;
  const answers = erasedAnswers({
    ...(budget && { budget }),
    ...(authority && { authority }),
    ...(need && { need }),
    ...(timeline && { timeline }),
  });
  return { ...qualification, ...answers };
}

/** A conversation as it is without any word of its contact; every counter stays. */
export function withoutWords(conversation: Conversation): Conversation {
  const { consent, deal, pendingHandoff, objections, deferredObjections, followUps, lastMessage } =
    conversation;
  return {
    ...conversation,
    qualification: erasedQualification(conversation.qualification),
    ...(consent && { consent: erasedConsent(consent) }),
    deal: deal && erasedDeal(deal),
    pendingHandoff: pendingHandoff && erasedHandoff(pendingHandoff),
    objections: objections.map(erasedObjection),
    deferredObjections: deferredObjections.map(erasedObjection),
    followUps: followUps.map(erasedFollowUp),
    lastMessage: lastMessage && { ...lastMessage, preview: '' },
    tags: [],
    metadata: {},
  };
}
