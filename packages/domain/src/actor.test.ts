import { describe, expect, it } from 'vitest';
import { actorOfCommand } from './actor.ts';
import { CLOSER, MARIA, OBJECTION_HANDLER, Story, SUPERVISOR } from '../test/scenario.ts';

const caller = { kind: 'agent', agentId: MARIA } as const;
const story = new Story();
const agent = (agentId: string) => ({ kind: 'agent', agentId });
const message = { clientMessageId: 'm', author: { kind: 'customer' }, text: 'x' } as const;
const handing = { from: SUPERVISOR, to: CLOSER, reason: 'x', trigger: 'manual' } as const;
const objectionId = 'a'.repeat(24);
const resolution = { objectionId, method: 'x', handledBy: OBJECTION_HANDLER, confidence: 1 };

describe('who does a command', () => {
  it.each([
    ['its author says a message', story.command('messages.append', message), { kind: 'customer' }],
    [
      'its first author begins a turn',
      story.command('messages.appendTurn', { messages: [message] }),
      message.author,
    ],
    ['the owner transfers', story.command('handoffs.transfer', handing), agent(SUPERVISOR)],
    ['the owner requests', story.command('handoffs.request', handing), agent(SUPERVISOR)],
    [
      'whoever handled it resolves',
      story.command('objections.resolve', resolution),
      agent(OBJECTION_HANDLER),
    ],
    ['the agent that it names', story.command('conversations.pause', { by: CLOSER }), agent(CLOSER)],
    ['the caller, where it names nobody', story.command('conversations.pause', {}), caller],
    [
      'the caller, where it can name nobody',
      story.command('handoffs.expire', { handoffId: objectionId }),
      caller,
    ],
  ])('%s', (_, command, actor) => {
    expect(actorOfCommand(command, caller)).toEqual(actor);
  });

  it('is the caller in a turn without a message, which no schema lets through', () => {
    const command = story.command('messages.appendTurn', { messages: [message] });
    if (command.type !== 'messages.appendTurn') throw new Error('It is a turn');
    expect(actorOfCommand({ ...command, input: { ...command.input, messages: [] } }, caller)).toEqual(caller);
  });
});
