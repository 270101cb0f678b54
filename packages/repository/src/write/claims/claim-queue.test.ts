import { AgentId, type ClaimedFollowUp, TenantId } from '@baton/schema';
import { expect, test } from 'vitest';
import { ClaimQueue } from './claim-queue.ts';
import type { DueList } from './due-follow-ups.ts';
import type { Asker } from './take-due.ts';

const ACME = { tenantId: TenantId.parse('acme') };
const one = (leaseMs = 1_000): Asker => ({ limit: 1, leaseMs });

type Look = {
  list: DueList;
  askers: readonly Asker[];
  answer: PromiseWithResolvers<ClaimedFollowUp[][]>;
};

/** A queue whose looks a test answers itself. */
function queueOfLooks() {
  const looks: Look[] = [];
  const queue = new ClaimQueue((list, askers) => {
    const answer = Promise.withResolvers<ClaimedFollowUp[][]>();
    looks.push({ list, askers, answer });
    return answer.promise;
  });
  return { queue, looks };
}

/** A claim that is told from others by its token. */
const claimed = (leaseToken: string) => [{ leaseToken } as ClaimedFollowUp];

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('those who ask in one tick share a look, and those who ask meanwhile the next one', async () => {
  const { queue, looks } = queueOfLooks();
  const first = [queue.claim(ACME, one(1_000)), queue.claim(ACME, { limit: 3, leaseMs: 2_000 })];
  await turn();
  const second = [queue.claim(ACME, one()), queue.claim(ACME, one())];
  await turn();
  expect(looks).toHaveLength(1);
  expect(looks[0]?.askers).toMatchObject([one(1_000), { limit: 3, leaseMs: 2_000 }]);
  looks[0]?.answer.resolve([claimed('a'), claimed('b')]);
  expect(await Promise.all(first)).toEqual([claimed('a'), claimed('b')]);
  expect(looks).toHaveLength(2);
  looks[1]?.answer.resolve([claimed('c')]);
  expect(await Promise.all(second)).toEqual([claimed('c'), []]);
});

test('each list has looks of its own', async () => {
  const { queue, looks } = queueOfLooks();
  const lists = [
    ACME,
    { ...ACME, assignee: AgentId.parse('closer') },
    { tenantId: TenantId.parse('globex') },
  ];
  const asked = lists.map((list) => queue.claim(list, one()));
  await turn();
  expect(looks.map(({ list }) => list)).toEqual(lists);
  looks.forEach(({ answer }, index) => answer.resolve([claimed(`${index}`)]));
  expect((await Promise.all(asked)).flat().map(({ leaseToken }) => leaseToken)).toEqual(['0', '1', '2']);
});

test('a look takes a bounded number, and one that wants more than that alone', async () => {
  const { queue, looks } = queueOfLooks();
  const asked = [100, 100, 56, 1, 100].map((limit) => queue.claim(ACME, { limit, leaseMs: 1_000 }));
  for (const expected of [3, 2]) {
    await turn();
    expect(looks.at(-1)?.askers).toHaveLength(expected);
    looks.at(-1)?.answer.resolve([]);
  }
  expect((await Promise.all(asked)).flat()).toEqual([]);
});

test('a look that fails is the fault of those who shared it', async () => {
  const { queue, looks } = queueOfLooks();
  const lost = [queue.claim(ACME, one()), queue.claim(ACME, one())];
  await turn();
  const next = queue.claim(ACME, one());
  looks[0]?.answer.reject(new Error('MongoDB is away'));
  const results = await Promise.allSettled(lost);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await turn();
  looks[1]?.answer.resolve([claimed('a')]);
  expect(await next).toEqual(claimed('a'));
  const later = queue.claim(ACME, one());
  await turn();
  looks[2]?.answer.resolve([claimed('b')]);
  expect(await later).toEqual(claimed('b'));
});

test('too many that wait are refused with when to come back', async () => {
  const { queue, looks } = queueOfLooks();
  const running = queue.claim(ACME, one());
  await turn();
  const waiting = Array.from({ length: 1_000 }, () => queue.claim(ACME, one()));
  await expect(queue.claim(ACME, one())).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { limit: 1_000, retryAfterMs: 1_000 },
  });
  for (let look = 0; look < 5; look += 1) {
    looks[look]?.answer.resolve([]);
    await turn();
  }
  expect(await Promise.all([running, ...waiting])).toHaveLength(1_001);
});
