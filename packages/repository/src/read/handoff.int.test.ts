import { AgentId, type Handoff, ListHandoffs, ListPendingHandoffs, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { findOwningConversation } from './find-owning-conversation.ts';
import { handoffQueries } from './handoff.ts';

const SUPPORT = AgentId.parse('support');
const MIA = AgentId.parse('mia');

let scenario: Scenario;

async function request(to: AgentId): Promise<Handoff> {
  const { id } = await scenario.create();
  const { conversation } = await scenario.run('handoffs.request', {
    conversationId: id,
    from: SUPERVISOR,
    to,
    reason: `for ${to}`,
    trigger: 'manual',
  });
  if (conversation.pendingHandoff === null) throw new Error('Nothing is pending');
  return conversation.pendingHandoff;
}

const list = async (input: Partial<ListHandoffs> = {}) =>
  handoffQueries.list(scenario.collections, scenario.tenantId, ListHandoffs.parse(input));
const pending = async (input: Partial<ListPendingHandoffs> = {}) =>
  handoffQueries.pending(scenario.collections, scenario.tenantId, ListPendingHandoffs.parse(input));

let accepted: Handoff;
let toCloser: Handoff;
let toSupport: Handoff;
let toMia: Handoff;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const { store, tenantId } = scenario;
  const agent = { roles: [], capacity: null, availability: 'available' as const };
  await store.agents.register(tenantId, { ...agent, id: MIA, kind: 'human', members: [] });
  await store.agents.register(tenantId, { ...agent, id: SUPPORT, kind: 'queue', members: [MIA] });
  accepted = await request(QUALIFIER);
  await scenario.run('handoffs.accept', { handoffId: accepted.id, by: QUALIFIER });
  toCloser = await request(CLOSER);
  toSupport = await request(SUPPORT);
  toMia = await request(MIA);
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('Handoffs', () => {
  it('are listed from the newest', async () => {
    const { items } = await list();
    expect(items.map(({ to }) => to)).toEqual([MIA, SUPPORT, CLOSER, QUALIFIER]);
    expect(items[1]).toEqual(toSupport);
  });

  it('are listed by status and by conversation', async () => {
    expect((await list({ status: 'accepted' })).items.map(({ id }) => id)).toEqual([accepted.id]);
    const { conversationId } = accepted;
    expect((await list({ conversationId })).items).toMatchObject([
      { id: accepted.id, acceptedBy: QUALIFIER },
    ]);
    expect((await list({ conversationId, status: 'pending' })).items).toEqual([]);
  });

  it('are listed page by page', async () => {
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual((await list()).items);
    expect(second.nextCursor).toBeNull();
  });

  it('that wait are listed for everyone, or for one agent and its queues', async () => {
    expect((await pending()).items.map(({ id }) => id)).toEqual([toMia.id, toSupport.id, toCloser.id]);
    expect((await pending({ agentId: MIA })).items.map(({ id }) => id)).toEqual([toMia.id, toSupport.id]);
    expect((await pending({ agentId: CLOSER })).items.map(({ id }) => id)).toEqual([toCloser.id]);
    expect((await pending({ agentId: QUALIFIER })).items).toEqual([]);
  });

  it('name their conversation, to their own tenant only', async () => {
    const { collections, tenantId } = scenario;
    expect(await findOwningConversation(collections, tenantId, 'handoffs', toMia.id)).toBe(
      toMia.conversationId,
    );
    await expect(
      findOwningConversation(collections, TenantId.parse('umbrella'), 'handoffs', toMia.id),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
