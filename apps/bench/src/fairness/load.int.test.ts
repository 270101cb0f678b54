import { setTimeout as sleep } from 'node:timers/promises';
import { connect, migrate } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { createLog, startServer, UNBOUNDED_RATES } from '@baton/server';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { flood } from './flood.ts';
import { callQuietly } from './quiet.ts';

test('a flood and a quiet tenant call what they say, and a key that is unknown is refused', async () => {
  await using database = await testDatabase();
  await using connection = await connect(database.uri);
  await migrate(connection.db);
  const log = createLog({ level: 'silent' });
  await using server = await startServer({
    mongodbUri: database.uri,
    port: 0,
    log,
    limits: UNBOUNDED_RATES,
  });
  const tenantId = TenantId.parse('busy');
  await server.store.agents.ensureDefaults(tenantId, {});
  const { key } = await server.store.apiKeys.create({ tenantId, name: 'bench', role: 'app', agentId: null });
  const caller = { tenantId, actor: { kind: 'system' }, mayForce: false } as const;
  const input = { contactId: 'contact-1', channel: 'web' as const, tags: [], metadata: {} };
  const { conversation } = await server.store.execute(caller, 'conversations.create', input);
  const target = { url: server.url, conversationIds: [conversation.id] };

  const flooding = new AbortController();
  const size = { commands: 60, searches: 1, feeds: 2 };
  const floods = flood({ ...target, apiKey: key, word: 'price', ...size }, flooding.signal);
  const quiet = await callQuietly({ ...target, apiKey: key, durationMs: 200 });
  expect(quiet).toMatchObject({ refused: 0, reasons: [] });
  expect(quiet.appends.length).toBeGreaterThan(0);
  expect(quiet.gets).toHaveLength(quiet.appends.length);
  await expect.poll(() => server.store.feed.subscriptions).toBe(2);
  await sleep(100);
  flooding.abort();
  const counts = await floods;
  expect(counts.commands).toBeGreaterThan(0);
  expect(counts.refusedCommands).toBe(0);
  expect(counts.searches).toBeGreaterThan(0);
  expect(counts.feedBytes).toBeGreaterThan(0);

  const refused = await callQuietly({ ...target, apiKey: 'baton_unknown', durationMs: 10 });
  expect(refused).toMatchObject({
    appends: [],
    gets: [],
    reasons: [expect.stringMatching(/key/), expect.anything()],
  });
  const stop = new AbortController();
  const denied = flood({ ...target, apiKey: 'baton_unknown', word: 'price', ...size }, stop.signal);
  await sleep(100);
  stop.abort();
  const none = await denied;
  expect(none.refusedCommands).toBeGreaterThanOrEqual(100);
  expect(none.failedSearches).toBeGreaterThan(0);
});
