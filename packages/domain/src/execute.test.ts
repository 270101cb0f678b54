import { type Command, commandFieldNames, commandInputs, type CommandType } from '@baton/schema';
import { anInput } from '@baton/testing';
import { describe, expect, it } from 'vitest';
import { execute } from './execute.ts';
import { aContext, deepFreeze, refusalOf, Scenario } from '../test/scenario.ts';

const types = Object.keys(commandInputs) as CommandType[];
const onExisting = types.filter((type) => type !== 'conversations.create');
const expecting = onExisting.filter((type) => commandFieldNames(type).includes('expectedVersion'));

function aCommand(type: CommandType, more: object = {}): Command {
  // A type and the input of that very type, which the compiler cannot pair.
  return deepFreeze({ type, input: { ...anInput(type), ...more } }) as Command;
}

describe('a command', () => {
  it.each(onExisting)('%s on a conversation that does not exist finds nothing', (type) => {
    expect(refusalOf(() => execute(null, aCommand(type), aContext())).code).toBe('NOT_FOUND');
  });

  it.each(expecting)('%s that expects another version is refused before all else', (type) => {
    const { conversation } = new Scenario();
    const command = aCommand(type, { expectedVersion: 7 });
    expect(refusalOf(() => execute(conversation, command, aContext()))).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { expected: 7, version: 1 },
    });
  });

  it('that expects the version that it finds is done', () => {
    const scenario = new Scenario();
    expect(scenario.customerSays('Hello', { expectedVersion: 1 }).conversation.version).toBe(2);
  });

  it('gives all of its entries one version, one instant and one actor', () => {
    const scenario = new Scenario().given({ stage: 'closing' });
    const deal = { monthlyValueCents: 1, paymentMethod: 'wire' } as const;
    const { conversation, entries } = scenario.when('deals.close', { outcome: 'won', deal, by: 'closer' });
    for (const { version, at, actor } of entries) {
      expect({ version, at, actor }).toEqual({
        version: 2,
        at: conversation.updatedAt,
        actor: { kind: 'agent', agentId: 'closer' },
      });
    }
    expect(entries.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(conversation).toMatchObject({ lastSeq: 4, version: 2 });
  });

  it('creates a conversation once: a second time is a fault of the caller, not of the customer', () => {
    const { conversation } = new Scenario();
    expect(() => execute(conversation, aCommand('conversations.create'), aContext())).toThrow(
      'created twice',
    );
  });
});
