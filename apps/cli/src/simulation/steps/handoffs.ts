import type { AgentId, Conversation, Handoff, HandoffTrigger, SalesStage } from '@baton/schema';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import {
  type CommandInputs,
  type MessageLabel,
  required,
  type Script,
  type ScriptedMessage,
  seqOf,
  type Step,
} from '../script.ts';
import { type Due, dueAt, pickDue } from './due.ts';

type HandoffBrief = {
  goal: string;
  done?: string[];
  open?: string[];
  /** Each with the message that it was learnt from. */
  facts?: [text: string, source: MessageLabel][];
  nextStep: string;
};

type HandoffDetails = {
  reason: string;
  trigger: HandoffTrigger;
  confidence?: number;
  brief?: HandoffBrief;
  stage?: SalesStage;
};

type BriefWriter = (inputs: CommandInputs) => Handoff['brief'] | undefined;

/** Labels are looked up at once: a later step may give one to another message. */
function briefWriter({ labels }: Script, brief: HandoffBrief | undefined): BriefWriter {
  if (brief === undefined) return () => undefined;
  const { goal, done = [], open = [], facts = [], nextStep } = brief;
  const sources = facts.map(([text, label]): [string, ScriptedMessage] => [
    text,
    required(labels.get(label), `message "${label}"`),
  ]);
  return (inputs) => ({
    goal,
    done,
    open,
    facts: sources.map(([text, message]) => ({ text, seqs: [seqOf(inputs, message)] })),
    nextStep,
  });
}

export function transfer(to: AgentId, { brief, ...details }: HandoffDetails): Step {
  return (script) => {
    const from = script.owner;
    const briefOf = briefWriter(script, brief);
    script.wait(3 * SECOND_MS);
    script.add((inputs) => ({
      type: 'handoffs.transfer',
      input: {
        conversationId: inputs.conversation.id,
        from,
        to,
        ...details,
        brief: briefOf(inputs) ?? undefined,
        at: inputs.at,
      },
    }));
    script.owner = to;
  };
}

/** The handoff stays pending until somebody answers, or until it expires. */
export function requestHandoff(
  to: AgentId,
  { brief, expires, ...details }: HandoffDetails & { expires?: Due },
): Step {
  return (script) => {
    const from = script.owner;
    const briefOf = briefWriter(script, brief);
    const due = expires && pickDue(expires, script.random);
    script.wait(3 * SECOND_MS);
    script.add((inputs) => ({
      type: 'handoffs.request',
      input: {
        conversationId: inputs.conversation.id,
        from,
        to,
        ...details,
        brief: briefOf(inputs) ?? undefined,
        expiresAt: due && dueAt(due, inputs),
        at: inputs.at,
      },
    }));
  };
}

function pendingHandoff({ pendingHandoff: handoff }: Conversation) {
  return required(handoff, 'pending handoff');
}

export function acceptHandoff(by: AgentId): Step {
  return (script) => {
    script.waitMinutes(2, 12);
    script.add(({ conversation, at }) => ({
      type: 'handoffs.accept',
      input: { handoffId: pendingHandoff(conversation).id, by, at },
    }));
    script.owner = by;
  };
}

export function rejectHandoff(by: AgentId, reason: string): Step {
  return (script) => {
    script.waitMinutes(2, 9);
    script.add(({ conversation, at }) => ({
      type: 'handoffs.reject',
      input: { handoffId: pendingHandoff(conversation).id, by, reason, at },
    }));
  };
}

export function takeOver(by: AgentId, reason: string): Step {
  return (script) => {
    script.waitMinutes(1, 6);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'handoffs.takeover',
      input: { conversationId, by, reason, at },
    }));
    script.owner = by;
  };
}

export function release(to: AgentId, reason: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'handoffs.release',
      input: { conversationId, by, to, reason, at },
    }));
    script.owner = to;
  };
}
