import { ConversationId } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { evolve, fold } from './evolve.ts';
import { Scenario, SUPERVISOR } from '../test/scenario.ts';

function told(): Scenario {
  const scenario = new Scenario({ initialMessage: { text: 'Hello' } });
  scenario.agentSays(SUPERVISOR);
  scenario.raiseObjection();
  return scenario;
}

describe('a timeline', () => {
  it('is the conversation', () => {
    const { conversation, entries } = told();
    expect(fold(entries)).toEqual(conversation);
  });

  it('may be folded on from any place', () => {
    const { conversation, entries } = told();
    for (let place = 0; place <= entries.length; place += 1) {
      expect(fold(entries.slice(place), fold(entries.slice(0, place)))).toEqual(conversation);
    }
  });

  it('that is empty is no conversation', () => {
    expect(fold([])).toBeNull();
  });

  it('is not folded over a gap, twice, backwards, or from its middle', () => {
    const { entries } = told();
    const [created, first, second] = entries;
    if (created === undefined || first === undefined || second === undefined)
      throw new Error('There are three');
    expect(() => fold([created, second])).toThrow(/^Entry 3 of [0-9a-f]{24} is not the next one, 2$/);
    expect(() => fold([created, first, first])).toThrow('Entry 2');
    expect(() => fold([created, first, second, first])).toThrow('not the next one, 4');
    expect(() => evolve(null, first)).toThrow('is not the next one, 1');
    expect(() => fold([created, created])).toThrow('is created twice');
    expect(() => fold([{ ...created, seq: 2 }])).toThrow('begins at entry 2');
  });

  it('is not mixed with that of another conversation', () => {
    const [created, first] = told().entries;
    if (created === undefined || first === undefined) throw new Error('There are two');
    const conversationId = ConversationId.parse('e'.repeat(24));
    expect(() => fold([created, { ...first, conversationId }])).toThrow(`is of ${conversationId}, not of`);
  });
});
