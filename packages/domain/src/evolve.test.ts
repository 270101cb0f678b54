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

  it('goes on past an entry that cannot be read: its place counts, what it changed is not there', () => {
    const { conversation, entries } = told();
    const { id: conversationId, lastSeq, version } = conversation;
    const unknown = { kind: 'unknown', conversationId, seq: lastSeq + 1, version: version + 1 } as const;
    const at = '2030-01-01T00:00:00.000Z';
    expect(fold([...entries, { ...unknown, at }])).toEqual({
      ...conversation,
      lastSeq: lastSeq + 1,
      version: version + 1,
      updatedAt: at,
    });
    const unreadablePlace = { ...unknown, version: 1, at: '1970-01-01T00:00:00.000Z' };
    expect(evolve(conversation, unreadablePlace)).toEqual({ ...conversation, lastSeq: lastSeq + 1 });
  });

  it('with a kind that this version does not know is not folded in silence', () => {
    const { conversation, entries } = told();
    const next = { ...entries[1], kind: 'mood', seq: conversation.lastSeq + 1 } as never;
    expect(() => evolve(conversation, next)).toThrow('of a kind that this version does not know');
    expect(() => evolve(conversation, { ...(next as object), kind: 'toString' } as never)).toThrow(
      'of a kind',
    );
  });
});
