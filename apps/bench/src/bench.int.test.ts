import { connect, openCollections } from '@baton/repository';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { bench } from './bench.ts';
import { verifyTimelines, VerificationError } from './verify-timelines.ts';

test('a short run measures every contender, and each leaves conversations that are the folds of their timelines', async () => {
  await using database = await testDatabase();
  const measured = new Set<string>();
  const rows = await bench(database.uri, {
    rounds: 1,
    callers: 6,
    durationMs: 150,
    onMeasurement: (scenario, contender) => measured.add(`${scenario}: ${contender}`),
  });
  expect(rows.map(({ contender }) => contender)).toEqual(
    [1, 2, 3].flatMap(() => ['bare driver', 'Baton', 'Baton over HTTP']),
  );
  expect(measured.size).toBe(9);
  for (const row of rows) {
    expect(row.messagesPerSecond).toBeGreaterThan(0);
    expect(row.cpuMicrosPerMessage).toBeGreaterThan(0);
  }
  await using connection = await connect(database.uri);
  const said = await connection.db.collection('timeline').distinct('clientMessageId');
  for (const contender of ['bare', 'baton', 'http']) {
    expect(
      said.some((id) => String(id).startsWith(`${contender}-`)),
      contender,
    ).toBe(true);
  }

  const collections = openCollections(connection.db);
  await collections.conversations.acrossTenants('test').updateOne({}, { $set: { handoffCount: 7 } });
  await expect(verifyTimelines(collections)).rejects.toThrow(VerificationError);
});
