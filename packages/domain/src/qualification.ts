import type { Answers, Conversation, Evidence, RecordQualification } from '@baton/schema';
import { FIELDS } from './answers.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { defined } from './defined.ts';
import { Refusal } from './refusal.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

function requireEvidence(evidence: readonly Evidence[], conversation: Conversation): void {
  for (const { seq, start, end } of evidence) {
    if (seq > conversation.lastSeq) {
      throw new Refusal(
        'INVALID_INPUT',
        `Evidence points at entry ${seq}, the last one is ${conversation.lastSeq}`,
      );
    }
    if (end !== undefined && end <= (start ?? 0)) {
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
    ...(budget && { budget: { ...none, ...qualification.budget, ...defined(budget), ...stamp } }),
    ...(authority && { authority: { ...none, ...qualification.authority, ...defined(authority), ...stamp } }),
    ...(need && { need: { ...none, ...qualification.need, ...defined(need), ...stamp } }),
    ...(timeline && { timeline: { ...none, ...qualification.timeline, ...defined(timeline), ...stamp } }),
  };
}

export const record: Decide<'qualification.record'> = (conversation, input, context) => {
  for (const field of FIELDS) requireEvidence(input[field]?.evidence ?? [], conversation);
  const drafts: Draft[] = [{ kind: 'qualification', answers: answersOf(conversation, input, context) }];
  if (input.advance !== true) return drafts;
  const answered = after(conversation, drafts, context);
  const opens = answered.stage !== 'qualified' && answered.isQualified === true;
  return opens ? [...drafts, ...moveStage(answered, { to: 'qualified' }, context)] : drafts;
};
