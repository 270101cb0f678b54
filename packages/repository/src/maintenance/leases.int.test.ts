import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { acquireLease, heartbeatLease, LeaseHeld, LeaseLost, releaseLease, withLease } from './leases.ts';
import { applySchema } from './schema-report.ts';

const database = await testDatabase();
let connection: Connection;

beforeAll(async () => {
  connection = await connect(database.uri);
  await applySchema(connection.db);
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

describe('a lease', () => {
  it('is one holder’s at a time, however many ask at once', async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        acquireLease(connection.db, 'crowd', { holder: `worker ${index}`, leaseMs: 60_000 }),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of asked) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LeaseHeld);
  });

  it('names who has it, and until when', async () => {
    // A dollar at the beginning is an operator to a pipeline, unless it is told otherwise.
    const { until } = await acquireLease(connection.db, 'named', { holder: '$first', leaseMs: 60_000 });
    const second = acquireLease(connection.db, 'named', { holder: 'second', leaseMs: 60_000 });
    await expect(second).rejects.toMatchObject({ name: 'LeaseHeld', holder: '$first', until });
    await expect(second).rejects.toThrow('named is held by $first until');
  });

  it('runs out by the server’s clock, and is another’s then', async () => {
    const first = await acquireLease(connection.db, 'short', { holder: 'first', leaseMs: 30 });
    await pause(60);
    const second = await acquireLease(connection.db, 'short', { holder: 'second', leaseMs: 60_000 });
    expect(second.token).not.toBe(first.token);
    expect(await heartbeatLease(connection.db, first, 60_000)).toBe(false);
    expect(await releaseLease(connection.db, first)).toBe(false);
    expect(await heartbeatLease(connection.db, second, 60_000)).toBe(true);
  });

  it('lasts longer with every heartbeat', async () => {
    const lease = await acquireLease(connection.db, 'kept', { holder: 'first', leaseMs: 300 });
    await heartbeatLease(connection.db, lease, 60_000);
    await pause(350);
    await expect(acquireLease(connection.db, 'kept', { holder: 'second', leaseMs: 1 })).rejects.toThrow(
      LeaseHeld,
    );
  });

  it('is free once it was given back', async () => {
    const lease = await acquireLease(connection.db, 'given', { holder: 'first', leaseMs: 60_000 });
    expect(await releaseLease(connection.db, lease)).toBe(true);
    await acquireLease(connection.db, 'given', { holder: 'second', leaseMs: 60_000 });
  });
});

describe('work under a lease', () => {
  it('keeps the lease for as long as it takes, and gives it back', async () => {
    const result = await withLease(
      connection.db,
      'long',
      { holder: 'first', leaseMs: 150 },
      async (signal) => {
        await pause(500);
        expect(signal.aborted).toBe(false);
        await expect(acquireLease(connection.db, 'long', { holder: 'second', leaseMs: 1 })).rejects.toThrow(
          LeaseHeld,
        );
        return 'done';
      },
    );
    expect(result).toBe('done');
    await acquireLease(connection.db, 'long', { holder: 'second', leaseMs: 60_000 });
  });

  it('is refused while another has the lease', async () => {
    await acquireLease(connection.db, 'taken', { holder: 'first', leaseMs: 60_000 });
    const work = withLease(connection.db, 'taken', { holder: 'second', leaseMs: 1_000 }, () =>
      Promise.resolve(),
    );
    await expect(work).rejects.toThrow(LeaseHeld);
  });

  it('waits for another, where it is told to', async () => {
    await acquireLease(connection.db, 'soon', { holder: 'first', leaseMs: 250 });
    const options = { holder: 'second', leaseMs: 1_000, waitMs: 5_000 };
    expect(await withLease(connection.db, 'soon', options, () => Promise.resolve('mine'))).toBe('mine');
  });

  it('hears at once that the lease was lost, and fails even if it comes to an end', async () => {
    const work = withLease(connection.db, 'stolen', { holder: 'first', leaseMs: 150 }, async (signal) => {
      await connection.db.collection('leases').deleteOne({ name: 'nothing' });
      await connection.db.collection<{ _id: string }>('leases').deleteOne({ _id: 'stolen' });
      if (!signal.aborted) await once(signal, 'abort');
      return 'done';
    });
    await expect(work).rejects.toThrow(LeaseLost);
  });

  it('loses the lease when the store is gone for longer than it lasts', async () => {
    const other = await connect(database.uri);
    const work = withLease(other.db, 'cut', { holder: 'first', leaseMs: 120 }, async (signal) => {
      await other.client.close();
      if (!signal.aborted) await once(signal, 'abort');
      throw signal.reason;
    });
    await expect(work).rejects.toThrow('cut was lost before its work was done');
  });

  it('gives the lease back when it fails', async () => {
    const options = { holder: 'first', leaseMs: 60_000 };
    await expect(
      withLease(connection.db, 'failed', options, () => Promise.reject(new Error('no luck'))),
    ).rejects.toThrow('no luck');
    await acquireLease(connection.db, 'failed', { holder: 'second', leaseMs: 60_000 });
  });
});
