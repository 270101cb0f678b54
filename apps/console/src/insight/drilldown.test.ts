// @vitest-environment node
import { AgentId, type MetricsFigure } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { formatAmount, drilldownSummary, drilldownTitle } from './drilldown.ts';

const agentId = AgentId.parse('closer');
const nameOf = (id: string) => (id === 'closer' ? 'Closer' : id);

describe('the conversations behind a figure', () => {
  it.each<[MetricsFigure, string]>([
    [{ figure: 'begun' }, 'Begun'],
    [{ figure: 'begun', status: 'active' }, 'Begun, and active now'],
    [{ figure: 'begun', isWaiting: true }, 'Waiting for an answer'],
    [{ figure: 'entered', stage: 'closed_won' }, 'Entered won'],
    [{ figure: 'reached', stage: 'closing' }, 'Begun, and reached closing'],
    [{ figure: 'entered', stage: 'closing', after: 'qualified' }, 'Went from qualified to closing'],
    [{ figure: 'stays', stage: 'lead' }, 'Left lead'],
    [{ figure: 'messages' }, 'Messages'],
    [{ figure: 'messages', author: 'customer' }, 'Messages of customers'],
    [{ figure: 'messages', author: 'agent', agentId }, 'Messages of Closer'],
    [{ figure: 'answers' }, 'Answered'],
    [{ figure: 'answers', agentId }, 'Answered by Closer'],
    [{ figure: 'answers', toMs: 10_000 }, 'Answered within 10 s'],
    [{ figure: 'answers', aboveMs: 10_000, toMs: 30_000 }, 'Answered after 10 s to 30 s'],
    [{ figure: 'answers', aboveMs: 86_400_000 }, 'Answered after more than 1 d'],
    [{ figure: 'cost' }, 'Cost of models'],
    [{ figure: 'cost', agentId }, 'Cost of Closer'],
    [{ figure: 'tokens' }, 'Tokens'],
    [{ figure: 'tokens', agentId }, 'Tokens of Closer'],
    [{ figure: 'handoffs' }, 'Handoffs'],
    [{ figure: 'handoffs', to: agentId }, 'Handed to Closer'],
    [{ figure: 'handoffs', from: agentId }, 'Handed on by Closer'],
    [{ figure: 'deals', outcome: 'lost' }, 'Deals lost'],
    [{ figure: 'deals', outcome: 'won', agentId }, 'Deals won by Closer'],
    [{ figure: 'worked', agentId }, 'Closer took part'],
  ])('of %o are headed %s', (figure, title) => {
    expect(drilldownTitle(figure, nameOf)).toBe(title);
  });

  it.each<[MetricsFigure, number, string | null]>([
    [{ figure: 'begun' }, 1, null],
    [{ figure: 'stays', stage: 'lead' }, 2, '2 stays'],
    [{ figure: 'answers' }, 1, '1 answer'],
    [{ figure: 'cost' }, 1_230_000, '$1.23'],
    [{ figure: 'tokens' }, 12_300, '12.3K tokens'],
    [{ figure: 'handoffs' }, 3, '3 handoffs'],
    [{ figure: 'deals', outcome: 'won' }, 1, null],
    [{ figure: 'deals', outcome: 'won' }, 2, '2 deals'],
  ])('of %o say what each adds: %i, %s', (figure, amount, words) => {
    expect(formatAmount(figure, amount)).toBe(words);
  });

  it('are summed up once all are there', () => {
    expect(drilldownSummary({ figure: 'messages' }, [3, 4], { hasMore: false })).toBe(
      '2 conversations, 7 messages',
    );
    expect(drilldownSummary({ figure: 'messages' }, [3, 4], { hasMore: true })).toBe(
      'The newest 2 conversations',
    );
    expect(drilldownSummary({ figure: 'begun' }, [1], { hasMore: false })).toBe('1 conversation');
    expect(drilldownSummary({ figure: 'messages' }, [], { hasMore: false })).toBe('0 conversations');
  });
});
