import { connect, migrate, openCollections, openStore, reportSchema } from '@baton/repository';
import { SearchMessages, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { verifyTimelines } from '../verify-timelines.ts';
import { RARE_WORD } from './fill-tenants.ts';
import { formatSize } from './format-size.ts';
import { hotCalls, SizeError } from './hot-calls.ts';
import { benchSize } from './size-bench.ts';

test('a short run measures every call in stores that are as Baton writes them', async () => {
  await using origin = await testDatabase();
  await using base = await testDatabase();
  await using one = await testDatabase();
  await using many = await testDatabase();
  const uris: Record<string, string> = { origin: origin.uri, base: base.uri, one: one.uri, many: many.uri };
  const steps: string[] = [];
  const report = await benchSize((name) => uris[name] ?? '', {
    base: 200,
    messages: 600,
    tenants: 2,
    calls: 2,
    onStep: (step) => steps.push(step),
  });
  expect(steps).toHaveLength(3);
  expect(report.rows).toHaveLength(7);
  for (const { call, base: few, one: lots } of report.rows) {
    expect(few.medianMs, call).toBeGreaterThan(0);
    expect(lots.medianMs, call).toBeGreaterThan(0);
  }
  const timeline = report.storage.find(({ part }) => part === 'timeline');
  expect(timeline?.data).toBeGreaterThan(300);
  expect(timeline?.index).toBeGreaterThan(0);
  expect(report.storage.map(({ part }) => part)).toContain('text index of the timeline');
  expect(formatSize(report)).toMatch(/^100 million +\d+ GB +\d+ GB +\d+ GB$/m);

  await using connection = await connect(many.uri);
  const collections = openCollections(connection.db);
  expect(await reportSchema(connection.db)).toMatchObject({ ok: true });
  await verifyTimelines(collections);
  const store = openStore(connection);
  const tenantId = TenantId.parse('tenant-2');
  const found = await store.search.messages(tenantId, SearchMessages.parse({ text: RARE_WORD }));
  expect(found.items).toHaveLength(20);
  expect(await store.metrics.overview(tenantId, {})).toMatchObject({ conversations: 30 });
}, 60_000);

test('a call that finds nothing where there should be something fails the run', async () => {
  await using database = await testDatabase();
  await using connection = await connect(database.uri);
  await migrate(connection.db);
  const sample = { all: [], open: [], tenants: [TenantId.parse('empty')] };
  const calls = hotCalls(openStore(connection), sample);
  for (const call of ['search.messages, a rare word', 'followUps.claim'])
    await expect(calls[call]?.(0)).rejects.toThrow(SizeError);
});
