import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { Step } from '../script.ts';

type Metadata = Record<string, string | number | boolean | null>;

/** Adds tags and metadata to those that the conversation has. */
export function addDetails(tags: string[], metadata: Metadata = {}): Step {
  return (script) => {
    const by = script.owner;
    script.wait(10 * SECOND_MS);
    script.add(({ conversation, at }) => ({
      type: 'conversations.update',
      input: {
        conversationId: conversation.id,
        tags: [...new Set([...conversation.tags, ...tags])],
        metadata: { ...conversation.metadata, ...metadata },
        by,
        at,
      },
    }));
  };
}

function changeStatus(change: 'pause' | 'resume' | 'abandon', reason: string): Step {
  return (script) => {
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: `conversations.${change}`,
      input: { conversationId, reason, by, at },
    }));
  };
}

export const pause = (reason: string): Step => changeStatus('pause', reason);
export const resume = (reason: string): Step => changeStatus('resume', reason);
export const abandon = (reason: string): Step => changeStatus('abandon', reason);
