import {
  AgentId,
  RaiseObjection,
  RequestHandoff,
  ScheduleFollowUp,
  TenantId,
  UpdateTenant,
} from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { storeFile } from '../../test/stored-file.ts';
import { declaredCollections } from '../schema/collections.ts';
import { openStore, type Store } from '../store.ts';
import {
  createTenant,
  deleteTenant,
  listTenants,
  ofTenant,
  resumeTenant,
  suspendTenant,
  TENANT_COLLECTIONS,
} from './tenants.ts';

const KEPT = TenantId.parse('kept');
const GONE = TenantId.parse('gone');
const NOBODY = TenantId.parse('nobody');

let scenario: Scenario;
let store: Store;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const { db } = scenario.collections;
  store = openStore({ client: db.client, db });
});
afterAll(() => scenario[Symbol.asyncDispose]());

/** Some of all that a tenant can have. */
async function fill(tenantId: TenantId): Promise<{ key: string; token: string }> {
  await store.agents.ensureDefaults(tenantId, {});
  const caller = { tenantId, actor: { kind: 'system' }, mayForce: true } as const;
  const { conversation } = await store.execute(caller, 'conversations.create', {
    contactId: 'ann',
    contact: { name: 'Ann' },
    channel: 'web',
    tags: [],
    metadata: {},
    idempotencyKey: 'same',
    initialMessage: { text: '日本語 hello', author: { kind: 'customer' }, clientMessageId: 'first' },
  });
  const of = { conversationId: conversation.id };
  const request = { ...of, from: 'supervisor', to: 'closer', reason: 'Ready', trigger: 'manual' };
  await store.execute(caller, 'handoffs.request', RequestHandoff.parse(request));
  const raise = { ...of, type: 'price', text: 'Much', severity: 'low' };
  await store.execute(caller, 'objections.raise', RaiseObjection.parse(raise));
  const schedule = { ...of, type: 'nurture', dueAt: '2030-01-01T00:00:00.000Z' };
  await store.execute(caller, 'followUps.schedule', ScheduleFollowUp.parse(schedule));
  const answer = { verdict: true, confidence: 1, certainty: 'fact' as const, evidence: [], value: '10k' };
  await store.execute(caller, 'qualification.record', {
    ...of,
    by: AgentId.parse('qualifier'),
    budget: answer,
  });
  await storeFile(store, tenantId, { ...of, name: 'file.txt' }, `content of ${tenantId}`);
  const stranger = { kind: 'agent', agentId: AgentId.parse('closer') } as const;
  const late = {
    ...of,
    clientMessageId: 'late',
    author: stranger,
    text: 'Hi',
    visibility: 'public',
  } as const;
  await store.execute(caller, 'messages.append', late).catch(() => undefined);
  await store.tenant.update(tenantId, UpdateTenant.parse({ businessHours: null }));
  const { key, id } = await store.apiKeys.create({ tenantId, name: 'key', role: 'app' });
  const { token } = await store.sessions.createLink(tenantId, { role: 'viewer', keyId: id });
  await store.rollUp();
  return { key, token };
}

async function countsOf(tenantId: TenantId): Promise<Record<string, number>> {
  const counts = TENANT_COLLECTIONS.map(
    async (name) =>
      [name, await scenario.collections[name].collection.countDocuments(ofTenant(name, tenantId))] as const,
  );
  return Object.fromEntries((await Promise.all(counts)).filter(([, count]) => count > 0));
}

test('every collection belongs to tenants but for those of the store itself', () => {
  const own = Object.keys(declaredCollections).filter(
    (name) => !TENANT_COLLECTIONS.some((of) => of === name),
  );
  expect(own.toSorted()).toEqual(['file_removals', 'leases', 'migrations', 'progress', 'tenants']);
});

describe('a tenant', () => {
  test('is made once, and listed', async () => {
    const { collections } = scenario;
    const made = await createTenant(collections, TenantId.parse('made'));
    expect(made).toMatchObject({ id: 'made', suspendedAt: null, deletingAt: null });
    await expect(createTenant(collections, made.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await store.agents.list(made.id, { limit: 10 })).items).toHaveLength(5);
    const listed = [];
    for await (const tenant of listTenants(collections)) listed.push(tenant);
    expect(listed).toContainEqual(made);
  });

  test('that is suspended is known so by its keys and sessions, until it goes on', async () => {
    const { collections } = scenario;
    const tenantId = TenantId.parse('paused');
    const { key, token } = await fill(tenantId);
    const secret = await store.sessions.signIn(token);
    const { suspendedAt } = await suspendTenant(collections, tenantId);
    expect(suspendedAt).not.toBeNull();
    expect(await suspendTenant(collections, tenantId)).toMatchObject({ suspendedAt });
    const found = [await store.apiKeys.authenticate(key), await store.sessions.authenticate(secret)];
    const suspended = { tenantId, isTenantSuspended: true };
    expect(found).toMatchObject([suspended, suspended]);
    const [ofKey, ofSession] = [found[0]?.keyId ?? null, found[1] ?? null];
    const read = await store.readCredentials(
      ofKey === null ? [] : [ofKey],
      ofSession !== null && 'sessionId' in ofSession ? [ofSession.sessionId] : [],
    );
    expect(read).toMatchObject({ keys: [suspended], sessions: [suspended] });
    expect(await resumeTenant(collections, tenantId)).toMatchObject({ suspendedAt: null });
    expect(await store.apiKeys.authenticate(key)).not.toHaveProperty('isTenantSuspended');
  });

  test('that is deleted leaves nothing, and others as they were', async () => {
    const { collections } = scenario;
    await fill(KEPT);
    await fill(GONE);
    const before = await countsOf(KEPT);
    expect(Object.keys(before).length).toBeGreaterThan(14);
    expect(Object.keys(await countsOf(GONE))).toEqual(Object.keys(before));

    // Stopped on the way, it is still there, refused, and goes on.
    const stop = new AbortController();
    const stopped = deleteTenant(collections, GONE, {
      signal: stop.signal,
      settleMs: 0,
      onProgress: ({ collection }) => collection === 'timeline' && stop.abort(),
    });
    await expect(stopped).rejects.toThrow('abort');
    const left = Object.keys(await countsOf(GONE));
    expect(left).not.toContain('api_keys');
    expect(left).not.toEqual([]);
    await expect(resumeTenant(collections, GONE)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await deleteTenant(collections, GONE, { settleMs: 0 })).toBeGreaterThan(1);

    expect(await countsOf(GONE)).toEqual({});
    for (const { name } of Object.values(declaredCollections)) {
      const documents = await collections.db.collection(name).find().toArray();
      expect(documents.filter((document) => JSON.stringify(document).includes('"gone"'))).toEqual([]);
    }
    const chunks = await collections.db.collection('file_contents.chunks').find().toArray();
    const texts = chunks.map(({ data }) => String(data.buffer));
    expect(texts).toContain(`content of ${KEPT}`);
    expect(texts).not.toContain(`content of ${GONE}`);
    expect(await countsOf(KEPT)).toEqual(before);
    await expect(deleteTenant(collections, GONE, { settleMs: 0 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('that is none is neither suspended nor resumed', async () => {
    for (const change of [suspendTenant, resumeTenant])
      await expect(change(scenario.collections, NOBODY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
