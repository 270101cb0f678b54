import type { Answers, Conversation, Evidence, QualificationField, RecordQualification } from '@baton/schema';
import { QUALIFICATION_FIELDS } from './answers.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { omitUndefined } from './omit-undefined.ts';
import { invalidInput } from './refusal.ts';
import { applyDrafts } from './drafts.ts';
import { moveStage } from './stage.ts';

function requireEvidence(
  field: QualificationField,
  evidence: readonly Evidence[],
  conversation: Conversation,
): void {
  for (const [index, { seq, start, end }] of evidence.entries()) {
    const path = `${field}.evidence[${index}]`;
    if (seq > conversation.lastSeq) {
      throw invalidInput(
        `${path}.seq`,
        `Evidence points at entry ${seq}, the last one is ${conversation.lastSeq}`,
      );
    }
    if (end !== undefined && end <= (start ?? 0)) {
      throw invalidInput(`${path}.end`, 'Evidence must end after its start');
    }
  }
}

/** Each answer given, merged with the earlier one of its field. */
function answersOf(conversation: Conversation, input: RecordQualification, context: DecideContext): Answers {
  const { qualification } = conversation;
  const stamp = { by: input.by, at: context.at };
  const none = { evidence: [] };
  const { budget, authority, need, timeline } = input;
  return {
    ...(budget && { budget: { ...none, ...qualification.budget, ...omitUndefined(budget), ...stamp } }),
    ...(authority && {
      authority: { ...none, ...qualification.authority, ...omitUndefined(authority), ...stamp },
    }),
    ...(need && { need: { ...none, ...qualification.need, ...omitUndefined(need), ...stamp } }),
    ...(timeline && {
      timeline: { ...none, ...qualification.timeline, ...omitUndefined(timeline), ...stamp },
    }),
  };
}

export const record: Decide<'qualification.record'> = (conversation, input, context) => {
  for (const field of QUALIFICATION_FIELDS)
    requireEvidence(field, input[field]?.evidence ?? [], conversation);
  const drafts: Draft[] = [{ kind: 'qualification', answers: answersOf(conversation, input, context) }];
  if (input.advance !== true) return drafts;
  const answered = applyDrafts(conversation, drafts, context);
  const opens = answered.stage !== 'qualified' && answered.isQualified === true;
  return opens ? [...drafts, ...moveStage(answered, { to: 'qualified' }, context)] : drafts;
};
