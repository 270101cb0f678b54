import { connect, openStore } from '@baton/repository';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchMetrics } from './metrics-bench.ts';
import { TENANT } from './bench-tenant.ts';

test('a short run measures every procedure on a history that the migration has counted', async () => {
  await using database = await testDatabase();
  const steps: string[] = [];
  const options = { messages: 800, calls: 1, onStep: (step: string) => steps.push(step) };
  const rows = await benchMetrics(database.uri, options);
  expect(steps).toHaveLength(2);
  expect(new Set(rows.map(({ procedure }) => procedure)).size).toBe(9);
  for (const { medianMs, procedure } of rows) expect(medianMs, procedure).toBeGreaterThan(0);
  await using connection = await connect(database.uri);
  const store = openStore(connection);
  const { messages, conversations } = await store.metrics.overview(TENANT, {});
  // The models and their copies.
  expect({ messages, conversations }).toEqual({ messages: 1_400, conversations: 140 });
  expect(await store.collections.counted_conversations.acrossTenants('test').countDocuments({})).toBe(140);
}, 60_000);
