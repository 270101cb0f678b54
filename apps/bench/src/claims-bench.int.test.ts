import { connect, openStore } from '@baton/repository';
import { FollowUpId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchClaims, ClaimError, measureRound } from './claims-bench.ts';

test('a short run claims each due follow-up once, with and without held ones ahead of them', async () => {
  await using database = await testDatabase();
  const rows = await benchClaims(database.uri, {
    due: [30, 80],
    held: 100,
    claims: 40,
    rounds: 1,
    callers: 8,
  });
  expect(rows.map(({ scenario, contender }) => `${scenario}: ${contender}`)).toEqual(
    [30, 80].flatMap((due) =>
      [0, 100].flatMap((held) =>
        ['Baton', 'Baton over HTTP'].map((contender) => `${due} due, ${held} held: ${contender}`),
      ),
    ),
  );
  for (const { claimsPerSecond, medianMs } of rows) {
    expect(claimsPerSecond).toBeGreaterThan(0);
    expect(medianMs).toBeGreaterThan(0);
  }
  await using connection = await connect(database.uri);
  const { follow_ups: followUps } = openStore(connection).collections;
  expect(await followUps.acrossTenants('test').countDocuments({ 'lease.until': { $type: 'date' } })).toBe(
    200,
  );
  expect(await followUps.acrossTenants('test').countDocuments({ lease: null })).toBe(110);
  const [one] = await followUps.acrossTenants('test').find({ lease: null }).limit(1).toArray();
  expect(one && followUps.tryDecode(one)).toMatchObject({ status: 'open', attempts: 0 });
});

const claimed = (index: number) => [{ followUp: { id: FollowUpId.parse(`${index}`.padStart(24, '0')) } }];

test('a round fails where a follow-up is claimed twice, or one that is due by nobody', async () => {
  let asked = 0;
  const round = (claim: (index: number) => ReturnType<typeof claimed>) => {
    asked = 0;
    return measureRound(async () => claim((asked += 1)), 9, 3);
  };
  expect((await round(claimed)).claimed.size).toBe(9);
  await expect(round((index) => claimed(index % 8))).rejects.toThrow(/was claimed twice/);
  await expect(round((index) => (index < 9 ? claimed(index) : []))).rejects.toThrow(ClaimError);
});
