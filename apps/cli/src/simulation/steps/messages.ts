import type { AgentId } from '@baton/schema';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import { required, type Script, seqOf, type Step } from '../script.ts';
import { isHuman } from '../team.ts';

/** The price of each model, in millionths of a dollar a token. */
const MODELS = {
  large: { model: 'lantern-large', inputMicros: 3, outputMicros: 15 },
  small: { model: 'lantern-small', inputMicros: 0.25, outputMicros: 1.25 },
};

/** The first customer message comes with the conversation; the others take a while to write. */
export function customer(...variants: [string, ...string[]]): Step {
  return (script) => {
    const message = script.createMessage(variants);
    if (script.opening === null) {
      script.opening = message;
      return;
    }
    if (script.lastSpeaker === 'agent') script.waitSeconds(40, 420);
    else script.waitSeconds(8, 40);
    script.lastSpeaker = 'customer';
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.append',
      input: {
        conversationId,
        clientMessageId: message.clientMessageId,
        author: { kind: 'customer' },
        text: message.text,
        at,
      },
    }));
  };
}

function tokenUsage({ random, messageCount }: Script, text: string) {
  const { model, inputMicros, outputMicros } = random.boolean(0.7) ? MODELS.large : MODELS.small;
  const inputTokens = 600 + messageCount * 90 + random.integer(0, 300);
  const outputTokens = Math.ceil(text.length / 3.6);
  return {
    model,
    inputTokens,
    outputTokens,
    costMicros: Math.round(inputTokens * inputMicros + outputTokens * outputMicros),
  };
}

/** A reply of the owner. */
export function agent(...variants: [string, ...string[]]): Step {
  return (script) => {
    const message = script.createMessage(variants);
    const agentId = script.owner;
    script.waitForAgent(agentId);
    script.lastSpeaker = 'agent';
    const usage = isHuman(agentId) ? undefined : tokenUsage(script, message.text);
    script.add(({ conversation, at }) => ({
      type: 'messages.append',
      input: {
        conversationId: conversation.id,
        clientMessageId: message.clientMessageId,
        author: { kind: 'agent', agentId },
        text: message.text,
        usage,
        ownerEpoch: conversation.owner.epoch,
        at,
      },
    }));
  };
}

/** An internal note, by the owner unless somebody else is named. */
export function note(text: string, by?: AgentId): Step {
  return (script) => {
    const agentId = by ?? script.owner;
    const { clientMessageId } = script.createMessage([text]);
    script.wait(20 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.append',
      input: {
        conversationId,
        clientMessageId,
        author: { kind: 'agent', agentId },
        text,
        visibility: 'internal',
        at,
      },
    }));
  };
}

/** A tool call of the owner and its result, both internal. */
export function callTool(name: string, args: object, result: object): Step {
  return (script) => {
    const { clientMessageId, text } = script.createMessage([`${name} answered`]);
    const agentId = script.owner;
    const callId = `call-${clientMessageId}`;
    script.wait(2 * SECOND_MS);
    script.add(({ conversation: { id: conversationId }, at }) => ({
      type: 'messages.appendTurn',
      input: {
        conversationId,
        messages: [
          {
            clientMessageId: `${clientMessageId}-call`,
            author: { kind: 'agent', agentId },
            text: `Calls ${name}`,
            visibility: 'internal',
            parts: [{ type: 'tool_call', callId, name, arguments: JSON.stringify(args) }],
          },
          {
            clientMessageId,
            author: { kind: 'tool', agentId },
            text,
            visibility: 'internal',
            parts: [{ type: 'tool_result', callId, name, result: JSON.stringify(result) }],
          },
        ],
        at,
      },
    }));
  };
}

export function redactLastMessage(reason: string): Step {
  return (script) => {
    const message = required(script.lastMessage, 'message');
    const by = script.owner;
    script.wait(MINUTE_MS);
    script.add((inputs) => ({
      type: 'messages.redact',
      input: {
        conversationId: inputs.conversation.id,
        seq: seqOf(inputs, message),
        reason,
        by,
        at: inputs.at,
      },
    }));
  };
}
