import type { Answers, Conversation, Evidence, QualificationField, RecordQualification } from '@baton/schema';
import { FIELDS } from './answers.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { defined } from './defined.ts';
import { badInput } from './refusal.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

function requireEvidence(
  field: QualificationField,
  evidence: readonly Evidence[],
  conversation: Conversation,
): void {
  for (const [index, { seq, start, end }] of evidence.entries()) {
    const path = `${field}.evidence[${index}]`;
    if (seq > conversation.lastSeq) {
      throw badInput(
        `${path}.seq`,
        `Evidence points at entry ${seq}, the last one is ${conversation.lastSeq}`,
      );
    }
    if (end !== undefined && end <= (start ?? 0)) {
      throw badInput(`${path}.end`, 'Evidence must end after its start');
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
    ...(budget && { budget: { ...none, ...qualification.budget, ...defined(budget), ...stamp } }),
    ...(authority && { authority: { ...none, ...qualification.authority, ...defined(authority), ...stamp } }),
    ...(need && { need: { ...none, ...qualification.need, ...defined(need), ...stamp } }),
    ...(timeline && { timeline: { ...none, ...qualification.timeline, ...defined(timeline), ...stamp } }),
  };
}

export const record: Decide<'qualification.record'> = (conversation, input, context) => {
  for (const field of FIELDS) requireEvidence(field, input[field]?.evidence ?? [], conversation);
  const drafts: Draft[] = [{ kind: 'qualification', answers: answersOf(conversation, input, context) }];
  if (input.advance !== true) return drafts;
  const answered = after(conversation, drafts, context);
  const opens = answered.stage !== 'qualified' && answered.isQualified === true;
  return opens ? [...drafts, ...moveStage(answered, { to: 'qualified' }, context)] : drafts;
};
