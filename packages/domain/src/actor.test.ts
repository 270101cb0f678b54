import { describe, expect, it } from 'vitest';
import { actorOfCommand } from './actor.ts';
import { CLOSER, MARIA, OBJECTION_HANDLER, Scenario, SUPERVISOR } from '../test/scenario.ts';

const caller = { kind: 'agent', agentId: MARIA } as const;
const scenario = new Scenario();
const agent = (agentId: string) => ({ kind: 'agent', agentId });
const message = { clientMessageId: 'm', author: { kind: 'customer' }, text: 'x' } as const;
const handoffInput = { from: SUPERVISOR, to: CLOSER, reason: 'x', trigger: 'manual' } as const;
const objectionId = 'a'.repeat(24);
const resolution = { objectionId, method: 'x', handledBy: OBJECTION_HANDLER, confidence: 1 };

describe('who does a command', () => {
  it.each([
    ['its author says a message', scenario.command('messages.append', message), { kind: 'customer' }],
    [
      'its first author begins a turn',
      scenario.command('messages.appendTurn', { messages: [message] }),
      message.author,
    ],
    ['the owner transfers', scenario.command('handoffs.transfer', handoffInput), agent(SUPERVISOR)],
    ['the owner requests', scenario.command('handoffs.request', handoffInput), agent(SUPERVISOR)],
    [
      'whoever handled it resolves',
      scenario.command('objections.resolve', resolution),
      agent(OBJECTION_HANDLER),
    ],
    ['the agent that it names', scenario.command('conversations.pause', { by: CLOSER }), agent(CLOSER)],
    ['the caller, where it names nobody', scenario.command('conversations.pause', {}), caller],
    [
      'the caller, where it can name nobody',
      scenario.command('handoffs.expire', { handoffId: objectionId }),
      caller,
    ],
  ])('%s', (_, command, actor) => {
    expect(actorOfCommand(command, caller)).toEqual(actor);
  });

  it('is the caller in a turn without a message, which no schema lets through', () => {
    const command = scenario.command('messages.appendTurn', { messages: [message] });
    if (command.type !== 'messages.appendTurn') throw new Error('It is a turn');
    expect(actorOfCommand({ ...command, input: { ...command.input, messages: [] } }, caller)).toEqual(caller);
  });
});
