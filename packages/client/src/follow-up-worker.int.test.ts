import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowUp, FollowUpId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import { newConversation } from '../test/watching.ts';
import { createFollowUpWorker, type FollowUpWorkerOptions, RetryAt } from './follow-up-worker.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let agents = 0;

/** An agent of its own with some work that is due. */
async function withWork(count = 1, more: object = {}): Promise<{ assignee: string; ids: FollowUpId[] }> {
  const assignee = `worker_${(agents += 1)}`;
  await server.baton.api.agents.register.mutate({ id: assignee, kind: 'ai' });
  const conversationId = await newConversation(server);
  const due = {
    dueAt: new Date(Date.now() - 1_000).toISOString(),
    finalAttemptAt: '2040-01-01T00:00:00.000Z',
  };
  const made = Array.from({ length: count }, () =>
    server.baton.api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      assignee,
      ...due,
      ...more,
    }),
  );
  return { assignee, ids: (await Promise.all(made)).map(({ followUp }) => followUp.id) };
}

const start = (options: FollowUpWorkerOptions, by = server.baton) =>
  createFollowUpWorker(by, { pollMs: 30, ...options });

const all = async (assignee: string): Promise<FollowUp[]> =>
  (await server.baton.api.followUps.list.query({ assignee, limit: 100 })).items;

const statuses = async (assignee: string) => (await all(assignee)).map(({ status }) => status);

describe('a worker', () => {
  test('does what is due and keeps what came of it', async () => {
    const { assignee, ids } = await withWork(2);
    const done: string[] = [];
    await using _worker = start({
      assignee,
      handle: async ({ id }) => {
        done.push(id);
        return id === ids[0] ? 'x'.repeat(2_000) : undefined;
      },
    });
    await eventually(async () => (await statuses(assignee)).every((status) => status === 'completed'));
    expect(done.toSorted()).toEqual(ids.toSorted());
    const outcomes = new Map((await all(assignee)).map(({ id, outcome }) => [id, outcome]));
    expect(ids.map((id) => outcomes.get(id))).toEqual(['x'.repeat(1_000), null]);
  });

  test('keeps what came of it as the server can, whatever it was', async () => {
    const values = [`${'x'.repeat(999)}😀`, 'half \ud83d', { sent: true }, ' '];
    const { assignee, ids } = await withWork(values.length);
    await using _worker = start({ assignee, handle: async ({ id }) => values[ids.indexOf(id)] });
    await eventually(async () => (await statuses(assignee)).every((status) => status === 'completed'));
    const outcomes = new Map((await all(assignee)).map(({ id, outcome }) => [id, outcome]));
    const kept = ['x'.repeat(999), 'half \ufffd', '{"sent":true}', null];
    expect(ids.map((id) => outcomes.get(id))).toEqual(kept);
  });

  test('tells each attempt its number and a key of its own', async () => {
    const { assignee, ids } = await withWork();
    const given: unknown[] = [];
    await using _worker = start({
      assignee,
      async handle(_, { attempt, idempotencyKey }) {
        given.push({ attempt, idempotencyKey });
        if (attempt === 1) throw new RetryAt(new Date(Date.now() + 200));
      },
    });
    await eventually(async () => (await statuses(assignee))[0] === 'completed');
    const keys = [1, 2].map((attempt) => ({ attempt, idempotencyKey: `${ids[0]}-${attempt}` }));
    expect(given).toEqual(keys);
  });

  test.each([
    ['an error', () => Promise.reject(new Error('No answer')), 'No answer'],
    ['words', () => Promise.reject('busy'), 'busy'],
    ['an error without words', () => Promise.reject(new Error('')), 'Failed without a word'],
    [
      'an error before it even began',
      () => {
        throw new Error('Broken at once');
      },
      'Broken at once',
    ],
  ])('whose handler throws %s tries again later', async (_, handle, lastError) => {
    const { assignee } = await withWork();
    let attempts = 0;
    await using _worker = start({
      assignee,
      handle: () => {
        attempts += 1;
        return handle();
      },
    });
    const [failed] = await eventually(async () => {
      const items = await all(assignee);
      return items[0]?.attempts === 1 && items;
    });
    expect(failed).toMatchObject({ status: 'open', attempts: 1, lastError });
    expect(Date.parse(failed?.dueAt ?? '')).toBeGreaterThan(Date.now() + 20_000);
    await sleep(100);
    expect(attempts).toBe(1);
  });

  test('whose handler says when to try again tries again then', async () => {
    const { assignee } = await withWork();
    const at = new Date(Date.now() + 3_600_000);
    await using _worker = start({
      assignee,
      handle: () => Promise.reject(new RetryAt(at, 'Too many calls')),
    });
    const failed = { status: 'open', attempts: 1, lastError: 'Too many calls', dueAt: at.toISOString() };
    await eventually(async () => (await all(assignee))[0]?.attempts === 1);
    expect(await all(assignee)).toMatchObject([failed]);
  });

  test('whose handler names an instant that has passed tries again after a pause', async () => {
    const { assignee } = await withWork();
    await using _worker = start({ assignee, handle: () => Promise.reject(new RetryAt(new Date(0))) });
    await eventually(async () => (await all(assignee))[0]?.attempts === 1);
    const [failed] = await all(assignee);
    expect(failed?.lastError).toBe('Try again at 1970-01-01T00:00:00.000Z');
    expect(Date.parse(failed?.dueAt ?? '')).toBeGreaterThan(Date.now() + 20_000);
  });

  test('works on as many at once as it was told, and no more', async () => {
    const { assignee } = await withWork(6);
    let running = 0;
    let most = 0;
    await using _worker = start({
      assignee,
      concurrency: 2,
      handle: async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(40);
        running -= 1;
      },
    });
    await eventually(async () => (await statuses(assignee)).every((status) => status === 'completed'));
    expect(most).toBe(2);
  });

  test('shares work with another: each is done once', async () => {
    const { assignee, ids } = await withWork(40);
    const done: string[] = [];
    const handle = async ({ id }: FollowUp) => {
      done.push(id);
      await sleep(5);
    };
    await using _one = start({ assignee, handle });
    await using _other = start({ assignee, handle }, server.connect());
    await eventually(
      async () => (await statuses(assignee)).every((status) => status === 'completed'),
      10_000,
    );
    expect(done.toSorted()).toEqual(ids.toSorted());
  });

  test('keeps the lease of a long one alive', async () => {
    const { assignee } = await withWork();
    let begun = 0;
    const handle = async () => {
      begun += 1;
      await sleep(2_500);
      return 'Took its time';
    };
    await using _worker = start({ assignee, handle, leaseMs: 1_000 });
    await using _other = start({ assignee, handle, leaseMs: 1_000 });
    await eventually(async () => (await statuses(assignee))[0] === 'completed');
    expect(begun).toBe(1);
  });
});

describe('a lost lease', () => {
  test('aborts the work, and its end is not reported', async () => {
    const { assignee, ids } = await withWork();
    const errors: unknown[] = [];
    const reasons: unknown[] = [];
    const worker = start({
      assignee,
      leaseMs: 1_000,
      onError: (error) => errors.push(error),
      handle: async (_, { signal }) => {
        // A change of the follow-up ends its lease.
        await server.baton.api.followUps.snooze.mutate({
          followUpId: ids[0] ?? '',
          until: '2035-01-01T00:00:00.000Z',
        });
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        reasons.push(signal.reason);
        return 'Too late';
      },
    });
    await eventually(() => reasons.length > 0);
    expect(reasons).toMatchObject([{ data: { baton: { code: 'LEASE_LOST' } } }]);
    await worker.stop();
    expect(await all(assignee)).toMatchObject([{ status: 'open', attempts: 0, outcome: null }]);
    expect(errors).toEqual([]);
  });

  test('between two heartbeats is found at the end, and is no error', async () => {
    const { assignee, ids } = await withWork();
    const errors: unknown[] = [];
    let ended = false;
    const worker = start({
      assignee,
      onError: (error) => errors.push(error),
      handle: async () => {
        await server.baton.api.followUps.cancel.mutate({ followUpId: ids[0] ?? '' });
        ended = true;
      },
    });
    await eventually(() => ended);
    await worker.stop();
    expect(await statuses(assignee)).toEqual(['cancelled']);
    expect(errors).toEqual([]);
  });

  test.each([
    ['has been away', () => Response.error(), true],
    ['has not answered', () => new Promise<Response>(() => {}), false],
  ])('is presumed once the server %s for as long', async (_, instead, isTold) => {
    const { assignee } = await withWork();
    const gate = new Gate();
    const errors: unknown[] = [];
    let signal: AbortSignal | null = null;
    const worker = start(
      {
        assignee,
        leaseMs: 1_000,
        onError: (error) => errors.push(error),
        handle: async (_followUp, work) => {
          ({ signal } = work);
          gate.instead = instead;
          await new Promise((resolve) => work.signal.addEventListener('abort', resolve, { once: true }));
          throw new Error('Broken off');
        },
      },
      server.connect({ fetch: gate.fetch, attempts: 1 }),
    );
    await eventually(() => signal?.aborted === true);
    expect(errors.length > 0).toBe(isTold);
    // A call that is never answered must not hold it up either.
    await worker.stop(50);
    expect(await statuses(assignee)).toEqual(['open']);
  });
});

describe('a worker that stops', () => {
  test('takes nothing more and finishes what runs', async () => {
    const { assignee } = await withWork(3);
    let begun = 0;
    const worker = start({
      assignee,
      concurrency: 1,
      handle: async () => {
        begun += 1;
        await sleep(100);
      },
    });
    await eventually(() => begun === 1);
    await worker.stop();
    expect(begun).toBe(1);
    expect((await statuses(assignee)).toSorted()).toEqual(['completed', 'open', 'open']);
  });

  test.each([
    [
      'ends at once',
      async (signal: AbortSignal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('Aborted')), { once: true }),
        ),
    ],
    ['does not listen', () => new Promise(() => undefined)],
  ])('breaks off what %s when its grace is over; no attempt is used up', async (_, work) => {
    const { assignee } = await withWork();
    let begun = false;
    const worker = start({
      assignee,
      handle: async (_followUp, { signal }) => {
        begun = true;
        await work(signal);
      },
    });
    await eventually(() => begun);
    const before = performance.now();
    await worker.stop(100);
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(await all(assignee)).toMatchObject([{ status: 'open', attempts: 0, lastError: null }]);
  });

  test('lets work that ends well at the last moment count', async () => {
    const { assignee } = await withWork();
    let begun = false;
    const worker = start({
      assignee,
      handle: async (_, { signal }) => {
        begun = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return 'Just in time';
      },
    });
    await eventually(() => begun);
    await worker.stop(50);
    expect(await all(assignee)).toMatchObject([{ status: 'completed', outcome: 'Just in time' }]);
  });
});

test('while the server is away a worker says so and goes on by itself', async () => {
  const { assignee } = await withWork();
  const gate = new Gate();
  gate.instead = () => Response.error();
  const errors: unknown[] = [];
  await using _worker = start(
    { assignee, handle: async () => 'Done', onError: (error) => errors.push(error) },
    server.connect({ fetch: gate.fetch, attempts: 1 }),
  );
  await eventually(() => errors.length > 1);
  gate.instead = null;
  await eventually(async () => (await statuses(assignee))[0] === 'completed');
});

test('what a handler returns while the server is away is reported when it is back', async () => {
  const { assignee } = await withWork();
  const gate = new Gate();
  let runs = 0;
  await using _worker = start(
    {
      assignee,
      handle: async () => {
        runs += 1;
        gate.instead = () => Response.error();
        return 'Sent';
      },
    },
    server.connect({ fetch: gate.fetch, attempts: 1 }),
  );
  await eventually(() => gate.requests.filter((url) => url.includes('followUps.complete')).length > 2);
  gate.instead = null;
  await eventually(async () => (await statuses(assignee))[0] === 'completed');
  expect(await all(assignee)).toMatchObject([{ attempts: 1, outcome: 'Sent' }]);
  expect(runs).toBe(1);
});
