import { ConversationId, ReadTimeline, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { timelineQueries } from './timeline.ts';

let scenario: Scenario;
let conversationId: ConversationId;

/** The seqs that are read, and whether there is more. */
async function read(input: Partial<ReadTimeline> = {}) {
  const parsed = ReadTimeline.parse({ conversationId, ...input });
  const { items, more } = await timelineQueries.read(scenario.collections, scenario.tenantId, parsed);
  return { seqs: items.map(({ seq }) => seq), kinds: items.map(({ kind }) => kind), more };
}

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  // 1 created, 2 message, 3 message, 4 stage, 5 message, 6 details
  ({ id: conversationId } = await scenario.create());
  await scenario.say(conversationId, 'Hi');
  await scenario.say(conversationId, 'Hello', SUPERVISOR);
  await scenario.run('stages.transition', { conversationId, to: 'qualification' });
  await scenario.say(conversationId, 'So?');
  await scenario.run('conversations.update', { conversationId, tags: ['a'] });
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('A timeline', () => {
  it('is read from its beginning', async () => {
    expect(await read()).toMatchObject({ seqs: [1, 2, 3, 4, 5, 6], more: false });
    expect(await read({ limit: 2 })).toMatchObject({ seqs: [1, 2], more: true });
  });

  it('is read on from a place', async () => {
    expect(await read({ afterSeq: 2, limit: 2 })).toMatchObject({ seqs: [3, 4], more: true });
    expect(await read({ afterSeq: 4 })).toMatchObject({ seqs: [5, 6], more: false });
    expect(await read({ afterSeq: 6 })).toMatchObject({ seqs: [], more: false });
  });

  it('is read back from a place: the newest before it, oldest first', async () => {
    expect(await read({ beforeSeq: 6, limit: 2 })).toMatchObject({ seqs: [4, 5], more: true });
    expect(await read({ beforeSeq: 3, limit: 2 })).toMatchObject({ seqs: [1, 2], more: false });
  });

  it('is read between two places', async () => {
    expect(await read({ afterSeq: 1, beforeSeq: 5 })).toMatchObject({ seqs: [2, 3, 4], more: false });
    expect(await read({ afterSeq: 1, beforeSeq: 5, limit: 2 })).toMatchObject({ seqs: [2, 3], more: true });
  });

  it('is read by kinds, forward and back', async () => {
    expect(await read({ kinds: ['message'] })).toMatchObject({ seqs: [2, 3, 5] });
    expect(await read({ kinds: ['created', 'stage', 'details'] })).toMatchObject({ seqs: [1, 4, 6] });
    expect(await read({ kinds: ['message', 'stage'], afterSeq: 2 })).toMatchObject({ seqs: [3, 4, 5] });
    expect(await read({ kinds: ['created', 'stage', 'details'], beforeSeq: 6, limit: 1 })).toMatchObject({
      seqs: [4],
      more: true,
    });
    expect(await read({ kinds: ['deal'] })).toEqual({ seqs: [], kinds: [], more: false });
  });

  it('of a conversation that does not exist, or is not the tenant’s, is not found', async () => {
    const unknown = ConversationId.parse('f'.repeat(24));
    await expect(read({ conversationId: unknown })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const theirs = timelineQueries.read(
      scenario.collections,
      TenantId.parse('umbrella'),
      ReadTimeline.parse({ conversationId }),
    );
    await expect(theirs).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
