import type { AgentId, Conversation, FollowUp } from '@baton/schema';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import { type CommandInputs, required, type Step } from '../script.ts';
import { type Due, dueAt, pickDue } from './due.ts';

function latestFollowUp({ followUps }: Conversation): FollowUp {
  return required(followUps.at(-1), 'open follow-up');
}

export function scheduleFollowUp(
  due: Due,
  followUp: Pick<FollowUp, 'type'> &
    Partial<Pick<FollowUp, 'priority' | 'cancelOn' | 'maxAttempts'>> & {
      context?: string;
      assignee?: AgentId;
    },
): Step {
  return (script) => {
    const by = script.owner;
    const { timeZone } = script.prospect;
    const picked = pickDue(due, script.random);
    script.wait(3 * SECOND_MS);
    script.add((inputs) => {
      const instant = dueAt(picked, inputs);
      const localDueAt =
        'localTime' in picked
          ? { localTime: `${instant.slice(0, 10)}T${picked.localTime}`, timeZone }
          : instant;
      const { conversation, at } = inputs;
      return {
        type: 'followUps.schedule',
        input: { conversationId: conversation.id, dueAt: localDueAt, assignee: by, ...followUp, by, at },
      };
    });
  };
}

export function snoozeFollowUp(due: Due): Step {
  return (script) => {
    const by = script.owner;
    const picked = pickDue(due, script.random);
    script.wait(MINUTE_MS);
    script.add((inputs) => {
      const { id: followUpId } = latestFollowUp(inputs.conversation);
      return {
        type: 'followUps.snooze',
        input: { followUpId, until: dueAt(picked, inputs), by, at: inputs.at },
      };
    });
  };
}

export function cancelFollowUp(reason: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(({ conversation, at }) => ({
      type: 'followUps.cancel',
      input: { followUpId: latestFollowUp(conversation).id, reason, by, at },
    }));
  };
}

/** Only the holder of a lease may report an outcome, so the follow-up must be due. */
async function leaseLatest({ conversation, lease }: CommandInputs) {
  const { id: followUpId } = latestFollowUp(conversation);
  return { followUpId, leaseToken: required(await lease(followUpId), 'lease') };
}

export function completeFollowUp(outcome: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(async (inputs) => ({
      type: 'followUps.complete',
      input: { ...(await leaseLatest(inputs)), outcome, by, at: inputs.at },
    }));
  };
}

export function failFollowUp(error: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(async (inputs) => ({
      type: 'followUps.fail',
      input: { ...(await leaseLatest(inputs)), error, by, at: inputs.at },
    }));
  };
}
