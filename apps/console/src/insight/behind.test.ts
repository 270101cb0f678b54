import { AgentId } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { parseInboxSearch } from '../inbox/inbox-search.ts';
import { behind } from './behind.ts';

const period = { from: '2026-11-01T00:00:00.000Z', channel: 'web' } as const;

describe('the conversations behind a figure', () => {
  it('are those of the period and the channel, open and closed', () => {
    expect(behind(period)).toEqual({ status: 'any', channel: 'web', since: '2026-11-01T00:00:00.000Z' });
    expect(behind({})).toEqual({ status: 'any' });
  });

  it('are of the stage or the agent that the figure counts', () => {
    expect(behind({}, { stage: 'closing' })).toEqual({ status: 'any', stage: 'closing' });
    expect(behind({}, { agentId: AgentId.parse('closer') })).toEqual({ status: 'any', agent: 'closer' });
  });

  it('that wait are those that wait now, whenever they began', () => {
    expect(behind(period, { isWaiting: true })).toEqual({ channel: 'web', sort: 'waiting' });
  });

  it('are an address that the inbox reads as it is', () => {
    const address = behind(period, { stage: 'lead', agentId: AgentId.parse('closer') });
    expect(parseInboxSearch({ ...address })).toEqual(address);
  });
});
