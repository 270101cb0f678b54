import { AgentId, type AuditActor, ListAudit, type ListAuditInput, TenantId, Timestamp } from '@baton/schema';
import { glob, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { openCollections } from '../schema/open-collections.ts';
import { createTenant, deleteTenant, resumeTenant, suspendTenant } from '../maintenance/tenants.ts';
import { exportContact } from '../privacy/export-contact.ts';
import { encodeCursor } from '../read/page.ts';
import { appendAudit, OPERATOR } from './append.ts';
import { auditedExport } from './export.ts';

const ANA: AuditActor = { kind: 'session', id: 'a'.repeat(24), agentId: AgentId.parse('ana') };
const KEY: AuditActor = { kind: 'key', id: 'b'.repeat(24), agentId: null };

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

const audit = (tenantId: TenantId, input: ListAuditInput = {}) =>
  scenario.store.admin.audit(tenantId, ListAudit.parse(input));

/** What the log has of a tenant, the oldest first. */
async function recorded(tenantId: TenantId) {
  const { items } = await audit(tenantId, { limit: 100 });
  return items.toReversed().map(({ action, actor, target }) => ({ action, actor, target }));
}

describe('The audit log', () => {
  it('has who made and ended keys, links and sessions, and no secret', async () => {
    const { store, collections } = scenario;
    const tenantId = await scenario.tenant('secrets');
    const { id: keyId, key } = await store.apiKeys.create({ tenantId, name: 'Desk', role: 'manager' });
    const { token } = await store.sessions.createLink(tenantId, { role: 'viewer', keyId }, KEY);
    const secret = await store.sessions.signIn(token);
    const credential = await store.sessions.authenticate(secret);
    if (credential === null) throw new Error('Nobody is signed in');
    const { sessionId } = credential;
    const by: AuditActor = { kind: 'session', id: sessionId, agentId: null };
    await store.sessions.setAgent(tenantId, { sessionId, agentId: SUPERVISOR }, by);
    await store.sessions.end(tenantId, { sessionId }, by);
    await store.apiKeys.revoke(tenantId, { keyId }, ANA);
    expect(await recorded(tenantId)).toEqual([
      { action: 'apiKeys.create', actor: OPERATOR, target: keyId },
      { action: 'session.createLink', actor: KEY, target: expect.any(String) },
      { action: 'session.signIn', actor: by, target: sessionId },
      { action: 'session.actAs', actor: by, target: sessionId },
      { action: 'session.signOut', actor: by, target: sessionId },
      { action: 'apiKeys.revoke', actor: ANA, target: keyId },
    ]);
    const stored = JSON.stringify(await collections.audit.collection.find({ tenantId }).toArray());
    for (const hidden of [key, key.slice(-43), token, secret]) expect(stored).not.toContain(hidden);
  });

  it('has who changed agents and settings, but not who comes and goes', async () => {
    const { store } = scenario;
    const tenantId = await scenario.tenant('settings');
    await store.tenant.update(tenantId, { businessHours: null }, ANA);
    await store.agents.update(tenantId, { id: CLOSER, availability: 'away' }, ANA);
    await store.agents.update(tenantId, { id: CLOSER, roles: ['lead'] }, ANA);
    const bob = AgentId.parse('bob');
    const agent = { roles: [], capacity: null, availability: 'available', members: [] } as const;
    const person = { ...agent, roles: [], members: [], id: bob, kind: 'human' as const };
    const registered = await store.agents.register(tenantId, person, ANA);
    const older = { ...registered, name: 'Rob', updatedAt: Timestamp.parse('2020-01-01T00:00:00.000Z') };
    await store.agents.restore(tenantId, { agents: [registered, older] }, KEY);
    const later = { ...registered, name: 'Bobby', updatedAt: Timestamp.parse('2999-01-01T00:00:00.000Z') };
    await store.agents.restore(tenantId, { agents: [later] }, KEY);
    expect(await recorded(tenantId)).toEqual([
      { action: 'tenant.update', actor: ANA, target: null },
      { action: 'agents.update', actor: ANA, target: CLOSER },
      { action: 'agents.register', actor: ANA, target: bob },
      { action: 'agents.restore', actor: KEY, target: bob },
    ]);
  });

  it('has what an operator did to a tenant, until that is deleted', async () => {
    const { collections } = scenario;
    const tenantId = TenantId.parse('operated');
    const by: AuditActor = { kind: 'operator', id: 'ann', agentId: null };
    await createTenant(collections, tenantId, by);
    await expect(createTenant(collections, tenantId, by)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await suspendTenant(collections, tenantId, by);
    await resumeTenant(collections, tenantId, by);
    expect(await recorded(tenantId)).toEqual([
      { action: 'tenants.create', actor: by, target: null },
      { action: 'tenants.suspend', actor: by, target: null },
      { action: 'tenants.resume', actor: by, target: null },
    ]);
    await deleteTenant(collections, tenantId, { settleMs: 0 });
    expect(await recorded(tenantId)).toEqual([]);
  });

  it('has nothing of what was refused', async () => {
    const tenantId = await scenario.tenant('refused');
    const agent = { kind: 'ai', roles: [], capacity: null, availability: 'available', members: [] } as const;
    const again = { ...agent, roles: [], members: [], id: CLOSER };
    await expect(scenario.store.agents.register(tenantId, again, ANA)).rejects.toMatchObject({
      code: 'AGENT_EXISTS',
    });
    expect(await recorded(tenantId)).toEqual([]);
  });

  it('has a command that is sent twice once', async () => {
    const tenantId = await scenario.tenant('twice');
    const input = { businessHours: null, idempotencyKey: 'hours' };
    await scenario.store.tenant.update(tenantId, input, ANA);
    await scenario.store.tenant.update(tenantId, input, ANA);
    expect(await recorded(tenantId)).toHaveLength(1);
  });

  it('has each forced move in the transaction of the move, without its reason', async () => {
    const { store, collections } = scenario;
    const tenantId = await scenario.tenant('forced');
    const { id: conversationId } = await scenario.create({}, tenantId);
    const caller = { tenantId, actor: { kind: 'system' }, mayForce: true, by: ANA } as const;
    const move = { conversationId, to: 'closing', force: true, reason: 'Signed on paper' } as const;
    await store.execute(caller, 'stages.transition', move);
    await store.execute({ ...caller, by: KEY }, 'stages.transition', {
      conversationId,
      to: 'closed_lost',
      lossReason: 'x',
    });
    expect(await recorded(tenantId)).toEqual([
      { action: 'conversations.force', actor: ANA, target: conversationId },
    ]);
    const [record] = (await audit(tenantId)).items;
    expect(record?.details).toEqual({ command: 'stages.transition' });
    expect(JSON.stringify(await collections.audit.collection.find({ tenantId }).toArray())).not.toContain(
      'paper',
    );
  });

  it('has an export once for each who reads it, whichever of its pages comes first', async () => {
    const { store } = scenario;
    const tenantId = await scenario.tenant('exported');
    for (let index = 0; index < 3; index += 1) await scenario.create({}, tenantId);
    const first = await store.conversations.export(tenantId, { limit: 1 }, ANA);
    const cursor = first.nextCursor ?? '';
    await store.conversations.export(tenantId, { limit: 1, cursor }, ANA);
    expect(await recorded(tenantId)).toHaveLength(1);
    // A cursor can be made up, or be somebody else's.
    await store.conversations.export(tenantId, { limit: 1, cursor }, KEY);
    expect((await recorded(tenantId)).map(({ actor }) => actor)).toEqual([ANA, KEY]);
  });

  it('has an export whose cursor was made up, and refuses one of the future', async () => {
    const { store } = scenario;
    const tenantId = await scenario.tenant('forged');
    const { id: conversationId } = await scenario.create({}, tenantId);
    const { contactId } = await store.conversations.get(tenantId, { conversationId });
    const cursorOf = (procedure: string, filter: object, position: unknown) =>
      encodeCursor({ tenantId, procedure, input: { limit: 100, ...filter } }, position);
    const from = (until: string) => cursorOf('conversations.export', {}, [until, '0'.repeat(24), 0]);
    const ahead = from(new Date(Date.now() + 60_000).toISOString());
    await expect(
      store.conversations.export(tenantId, { limit: 100, cursor: ahead }, ANA),
    ).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
    expect(await recorded(tenantId)).toEqual([]);

    let now = Date.now();
    const clock = { now: () => now, ready: () => Promise.resolve() };
    const collections = openCollections(scenario.collections.db, { clock });
    const entries = { limit: 100, cursor: from(new Date(now).toISOString()) };
    const place = [conversationId, 'conversation', null];
    const ofContact = {
      contactId,
      limit: 100,
      cursor: cursorOf('privacy.exportContact', { contactId }, place),
    };
    const read = async () => {
      expect((await auditedExport.export(collections, tenantId, entries, ANA)).items).not.toEqual([]);
      expect((await exportContact(collections, tenantId, ofContact, ANA)).items).not.toEqual([]);
    };
    // Records of one millisecond are in no certain order.
    const actions = async () => (await recorded(tenantId)).map(({ action }) => action).toSorted();
    const both = ['conversations.export', 'privacy.exportContact'];
    await read();
    await read();
    expect(await actions()).toEqual(both);
    now += 3_600_000;
    await read();
    expect(await actions()).toEqual([...both, ...both].toSorted());
    await exportContact(collections, tenantId, { contactId, limit: 100 }, ANA);
    expect(await actions()).toEqual([...both, ...both, 'privacy.exportContact'].toSorted());
  });

  it('is listed the newest first, by action, by actor and by period, and to its own tenant only', async () => {
    const tenantId = TenantId.parse('pages');
    let now = Date.parse('2026-01-05T09:00:00.000Z');
    const clock = { now: () => (now += 60_000), ready: () => Promise.resolve() };
    const collections = openCollections(scenario.collections.db, { clock });
    for (const by of [ANA, KEY, ANA])
      for (const action of ['tenant.update', 'apiKeys.create'] as const)
        await appendAudit(collections, { tenantId, action, by });
    const all = (await audit(tenantId)).items;
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(all).toHaveLength(6);

    const paged = [];
    for (let cursor: string | undefined; paged.length < 6;) {
      const page = await audit(tenantId, { limit: 4, ...(cursor !== undefined && { cursor }) });
      paged.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    }
    expect(paged).toEqual(all);

    const by = async (filter: ListAuditInput) => (await audit(tenantId, filter)).items;
    const updates = all.filter(({ action }) => action === 'tenant.update');
    expect(await by({ action: 'tenant.update' })).toEqual(updates);
    expect(await by({ actor: 'ana' })).toEqual(all.filter(({ actor }) => actor.agentId === 'ana'));
    expect(await by({ actor: KEY.id ?? '' })).toEqual([all[2], all[3]]);
    expect(await by({ actor: KEY.id ?? '', action: 'tenant.update' })).toEqual([all[3]]);
    expect(await by({ from: all[4]?.at, to: all[1]?.at })).toEqual([all[2], all[3], all[4]]);
    expect((await audit(TenantId.parse('others'))).items).toEqual([]);
  });

  it('is added to, and never changed', async () => {
    const uses: string[] = [];
    for await (const file of glob('src/**/*.ts', { exclude: ['**/*.test.ts'] }))
      uses.push(...((await readFile(file, 'utf8')).match(/\baudit\.collection\s*\.\w+/g) ?? []));
    expect(uses.length).toBeGreaterThan(1);
    expect(uses.filter((use) => !use.endsWith('.insertOne'))).toEqual([]);
  });
});
