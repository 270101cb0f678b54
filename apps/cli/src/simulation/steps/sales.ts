import type {
  AgentId,
  Conversation,
  DealPatch,
  Objection,
  ObjectionSeverity,
  ObjectionType,
  QualificationField,
  SalesStage,
} from '@baton/schema';
import { timestamp } from '@baton/schema';
import type { ApiCommand } from '../../api/api-command.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../durations.ts';
import { required, type Script, seqOf, type Step } from '../script.ts';
import { type Due, dueAt, pickDue } from './due.ts';

export function moveStage(to: SalesStage, reason?: string, lossReason?: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(2 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'stages.transition',
      input: { conversationId, to, reason, lossReason, by, at },
    }));
  };
}

/** A move that the rules refuse, forced by a manager who says why. */
export function forceStage(to: SalesStage, reason: string, by: AgentId): Step {
  return (script) => {
    script.wait(30 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'stages.transition',
      input: { conversationId, to, reason, force: true, by, at },
    }));
  };
}

type QualificationInput = Extract<ApiCommand, { type: 'qualification.record' }>['input'];
type AnswerInput<Field extends QualificationField> = Omit<NonNullable<QualificationInput[Field]>, 'evidence'>;

type AnswerOptions = {
  /** The part of the last message that is the evidence; the whole message by default. */
  quote?: string;
  advance?: boolean;
  /** When it has to run, counted from the answer. */
  deadlineInDays?: number;
};

/**
 * Records an answer with the last message as its evidence.
 * @throws Error where that message does not hold the quote
 */
export function recordAnswer<Field extends QualificationField>(
  field: Field,
  answer: AnswerInput<Field>,
  { quote, advance = false, deadlineInDays }: AnswerOptions = {},
): Step {
  return (script) => {
    const message = required(script.lastMessage, 'message');
    const evidenceText = quote ?? message.text;
    const by = script.owner;
    const start = message.text.indexOf(evidenceText);
    if (start === -1) throw new Error(`"${evidenceText}" is not what was said: "${message.text}"`);
    script.wait(2 * SECOND_MS);
    script.add((inputs) => {
      const { conversation, at } = inputs;
      const evidence = [{ seq: seqOf(inputs, message), start, end: start + evidenceText.length }];
      const deadline = deadlineInDays && { deadline: timestamp(Date.parse(at) + deadlineInDays * DAY_MS) };
      return {
        type: 'qualification.record',
        input: {
          conversationId: conversation.id,
          [field]: { ...answer, ...deadline, evidence },
          by,
          advance,
          at,
        },
      };
    });
  };
}

/** Raises the last message as an objection. */
export function raiseObjection(type: ObjectionType, severity: ObjectionSeverity): Step {
  return (script) => {
    const message = required(script.lastMessage, 'message');
    const by = script.owner;
    script.labels.set('objection', message);
    script.wait(2 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'objections.raise',
      input: { conversationId, type, severity, text: message.text, by, at },
    }));
  };
}

function latestObjection({ objections }: Conversation): Objection {
  return required(objections.at(-1), 'active objection');
}

type ResolveOptions = { confidence?: number; notes?: string; advanceTo?: SalesStage };

export function resolveObjection(
  method: string,
  { confidence = 0.85, notes, advanceTo }: ResolveOptions = {},
): Step {
  return (script) => {
    const handledBy = script.owner;
    script.wait(5 * SECOND_MS);
    script.add(({ conversation, at }) => ({
      type: 'objections.resolve',
      input: {
        objectionId: latestObjection(conversation).id,
        method,
        notes,
        handledBy,
        confidence,
        advanceTo,
        at,
      },
    }));
  };
}

export function deferObjection(reason: string, due: Due): Step {
  return (script) => {
    const by = script.owner;
    const picked = pickDue(due, script.random);
    script.wait(5 * SECOND_MS);
    script.add((inputs) => ({
      type: 'objections.defer',
      input: {
        objectionId: latestObjection(inputs.conversation).id,
        reason,
        followUpAt: dueAt(picked, inputs),
        by,
        at: inputs.at,
      },
    }));
  };
}

/** The terms of a deal, or a function that picks some of them at random. */
type DealTerms = DealPatch | ((script: Script) => DealPatch);

export function updateDeal(terms: DealTerms): Step {
  return (script) => {
    const by = script.owner;
    const deal = typeof terms === 'function' ? terms(script) : terms;
    script.wait(20 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.update',
      input: { conversationId, deal, by, at },
    }));
  };
}

export function closeWon(terms: DealTerms): Step {
  return (script) => {
    const by = script.owner;
    const deal = typeof terms === 'function' ? terms(script) : terms;
    script.wait(MINUTE_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.close',
      input: {
        conversationId,
        outcome: 'won',
        deal: { startAt: timestamp(Date.parse(at) + 14 * DAY_MS), ...deal },
        by,
        at,
      },
    }));
  };
}

export function closeLost(lossReason: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'deals.close',
      input: { conversationId, outcome: 'lost', lossReason, by, at },
    }));
  };
}
