import { type FollowUp, ListDueFollowUps, ListFollowUps } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { FAR_AWAY, newTenant, schedule, scenario, useFollowUpStore } from '../../test/follow-ups.ts';
import { CLOSER } from '../../test/scenario.ts';
import { followUpQueries } from './follow-up.ts';

useFollowUpStore();

describe('Follow-ups', () => {
  const contexts = ({ items }: { items: FollowUp[] }) => items.map(({ context }) => context);

  it('are listed by when they are due', async () => {
    const tenantId = await newTenant();
    const { conversationId } = await schedule(tenantId, { context: 'b', dueAt: '2026-01-02T00:00:00.000Z' });
    await schedule(tenantId, { context: 'a', assignee: CLOSER }, conversationId);
    const { id } = await schedule(tenantId, { context: 'c', dueAt: FAR_AWAY, assignee: CLOSER });
    const list = (input: Partial<ListFollowUps>) =>
      followUpQueries.list(scenario.collections, tenantId, ListFollowUps.parse(input));
    expect(contexts(await list({}))).toEqual(['a', 'b', 'c']);
    expect(contexts(await list({ conversationId }))).toEqual(['a', 'b']);
    expect(contexts(await list({ conversationId, assignee: CLOSER, status: 'open' }))).toEqual(['a']);
    expect(contexts(await list({ assignee: CLOSER }))).toEqual(['a', 'c']);
    await scenario.run('followUps.cancel', { followUpId: id }, tenantId);
    expect(contexts(await list({ status: 'cancelled' }))).toEqual(['c']);
    expect(contexts(await list({ assignee: CLOSER, status: 'open' }))).toEqual(['a']);
    const first = await list({ limit: 2 });
    expect(contexts(await list({ limit: 2, cursor: first.nextCursor ?? '' }))).toEqual(['c']);
  });

  it('that are due by now, or by an instant, are listed for all or for one assignee', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId, { context: 'a' });
    await schedule(tenantId, { context: 'b', assignee: CLOSER });
    await schedule(tenantId, { context: 'c', dueAt: FAR_AWAY });
    const due = (input: Partial<ListDueFollowUps>) =>
      followUpQueries.listDue(scenario.collections, tenantId, ListDueFollowUps.parse(input));
    expect(contexts(await due({}))).toEqual(['a', 'b']);
    expect(contexts(await due({ assignee: CLOSER }))).toEqual(['b']);
    expect(contexts(await due({ before: FAR_AWAY }))).toEqual(['a', 'b', 'c']);
    expect(contexts(await due({ before: '2025-12-31T00:00:00.000Z' }))).toEqual([]);
    const first = await due({ limit: 1 });
    expect(contexts(await due({ limit: 1, cursor: first.nextCursor ?? '' }))).toEqual(['b']);
  });
});
