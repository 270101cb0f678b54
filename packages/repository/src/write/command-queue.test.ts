import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { TenantActivity } from '../fairness/tenant-activity.ts';
import { CommandQueue, type QueuedCommand } from './command-queue.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

type Command = QueuedCommand & { name: string };

let now = 0;

function open(limit = 100_000): CommandQueue<Command> {
  now = 0;
  return new CommandQueue(limit, new TenantActivity(() => now), () => now);
}

const command = (tenantId: TenantId, conversation: string, name = conversation, cost = 1): Command => ({
  tenantId,
  conversationKey: `${tenantId}/${conversation}`,
  cost,
  place: null,
  name,
});

function fill(queue: CommandQueue<Command>, tenantId: TenantId, count: number, cost = 1): void {
  for (let index = 0; index < count; index += 1) queue.add(command(tenantId, `${index}`, `${index}`, cost));
}

const namesOf = (batch: readonly Command[]) => batch.map(({ name }) => name);
const tenantOf = (batch: readonly Command[]) => batch[0]?.tenantId;

describe('one tenant', () => {
  test('commands of a conversation stay in order, and are in one batch at a time', () => {
    const queue = open();
    for (const name of ['1', '2', '3']) queue.add(command(acme, 'one', name));
    const first = queue.take();
    expect(namesOf(first)).toEqual(['1', '2', '3']);
    queue.add(command(acme, 'one', '4'));
    queue.add(command(acme, 'two', 'other'));
    expect(namesOf(queue.take())).toEqual(['other']);
    expect(queue.take()).toEqual([]);
    queue.release(first);
    expect(namesOf(queue.take())).toEqual(['4']);
  });

  test('a batch takes 64 commands, and what is left of a conversation comes after the others', () => {
    const queue = open();
    for (let index = 0; index < 70; index += 1) queue.add(command(acme, 'busy', `busy ${index}`));
    queue.add(command(acme, 'quiet'));
    const first = queue.take();
    expect(first).toHaveLength(64);
    expect(namesOf(queue.take())).toEqual(['quiet']);
    queue.release(first);
    expect(namesOf(queue.take())).toEqual(['64', '65', '66', '67', '68', '69'].map((name) => `busy ${name}`));
  });

  test('a long command counts as several of a batch, and a very long one is alone in its own', () => {
    const queue = open();
    for (const [name, places] of [
      ['long', 40],
      ['short', 1],
      ['longer', 30],
      ['very long', 100],
    ] as const)
      queue.add({ ...command(acme, name), places });
    expect(namesOf(queue.take())).toEqual(['long', 'short']);
    expect(namesOf(queue.take())).toEqual(['longer']);
    expect(namesOf(queue.take())).toEqual(['very long']);
  });

  test('commands of several conversations are taken in the order in which they came', () => {
    const queue = open();
    for (const [conversation, name] of [
      ['one', 'a'],
      ['two', 'b'],
      ['one', 'c'],
      ['two', 'd'],
    ] as const)
      queue.add(command(acme, conversation, name));
    expect(namesOf(queue.take())).toEqual(['a', 'b', 'c', 'd']);
  });

  test('alone it has all three slots, with its conversations shared out among them', () => {
    const queue = open();
    fill(queue, acme, 90);
    expect([1, 2, 3].map(() => queue.take().length)).toEqual([30, 30, 30]);
    fill(queue, acme, 1);
    expect(queue.take()).toEqual([]);
    expect(queue.isIdle).toBe(false);
  });

  test('a batch of long texts ends before it is too large, and one command too large for any goes alone', () => {
    const queue = open();
    fill(queue, acme, 5, 1_000);
    queue.add(command(acme, 'huge', 'huge', 50_000));
    const batches = [queue.take(), queue.take(), queue.take()];
    expect(batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    for (const batch of batches) queue.release(batch);
    expect(namesOf(queue.take())).toEqual(['huge']);
  });

  test('a command that was taken back is in no batch', () => {
    const queue = open();
    const all = ['1', '2', '3'].map((name) => command(acme, name));
    for (const each of all) queue.add(each);
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    queue.remove(first);
    queue.remove(first);
    queue.remove(second);
    expect(queue.waiting).toBe(1);
    const batch = queue.take();
    expect(namesOf(batch)).toEqual(['3']);
    queue.remove(third);
    queue.release(batch);
    expect(queue.isIdle).toBe(true);
    expect(queue.take()).toEqual([]);
    queue.add(first);
    expect(namesOf(queue.take())).toEqual(['1']);
  });
});

describe('several tenants', () => {
  test('a command of another is in the very next batch, however many wait', () => {
    const queue = open();
    fill(queue, acme, 9_000);
    const flood = [queue.take(), queue.take(), queue.take()];
    expect(flood.map(tenantOf)).toEqual([acme, acme, acme]);
    queue.add(command(shop, 'one'));
    expect(tenantOf(queue.take())).toBe(shop);
    expect(queue.take()).toEqual([]);
  });

  test('while others are active one tenant leaves a slot free, and its batches are small', () => {
    const queue = open();
    queue.release([command(shop, 'unknown')]);
    queue.add(command(shop, 'one'));
    queue.release(queue.take());
    fill(queue, acme, 9_000);
    expect([queue.take().length, queue.take().length, queue.take().length]).toEqual([16, 16, 0]);
    now += 10_001;
    expect(queue.take().length).toBe(64);
  });

  test('while others are active the batches of a flood are in flight a third of the time', () => {
    const queue = open();
    fill(queue, acme, 9_000);
    let busyMs = 0;
    let waits = 0;
    const begun: Command[][] = [];
    for (; now < 2_000; now += 10) {
      queue.add(command(shop, 'one'));
      for (const batch of begun.splice(0)) queue.release(batch);
      for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
        begun.push(batch);
        if (tenantOf(batch) === acme) busyMs += 10;
      }
      if (queue.retryMs !== null) waits += 1;
    }
    expect(busyMs / now).toBeGreaterThan(0.25);
    expect(busyMs / now).toBeLessThan(0.45);
    expect(waits).toBeGreaterThan(0);
  });

  test('a tenant with few waiting has three batches in flight beside those of a flood', () => {
    const queue = open();
    fill(queue, acme, 9_000);
    queue.add(command(shop, 'one'));
    expect(Array.from({ length: 4 }, () => queue.take()).map(tenantOf)).toContain(shop);
    for (const more of ['two', 'three', 'four']) {
      queue.add(command(shop, more));
      const batch = queue.take();
      expect(batch.map(({ tenantId }) => tenantId)).toEqual(more === 'four' ? [] : [shop]);
    }
  });

  test('a tenant that keeps no more waiting than a batch takes is never held back', () => {
    const queue = open();
    for (let round = 0; round < 50; round += 1) {
      queue.add(command(shop, 'other'));
      queue.release(queue.take());
      queue.add(command(acme, 'one'));
      const batch = queue.take();
      expect(tenantOf(batch)).toBe(acme);
      now += 500;
      queue.release(batch);
    }
  });

  test('each is served the same cost in the long run', () => {
    const queue = open();
    fill(queue, acme, 2_000);
    fill(queue, shop, 2_000, 10);
    const served = new Map([
      [acme, 0],
      [shop, 0],
    ]);
    let inFlight: Command[][] = [];
    for (let round = 0; round < 60; round += 1) {
      for (let batch = queue.take(); batch.length > 0; batch = queue.take()) inFlight.push(batch);
      const [done, ...rest] = inFlight;
      inFlight = rest;
      if (done === undefined) throw new Error('one is in flight');
      for (const { tenantId, cost } of done) served.set(tenantId, (served.get(tenantId) ?? 0) + cost);
      queue.release(done);
    }
    const ratio = (served.get(acme) ?? 0) / (served.get(shop) ?? 1);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });

  test('tenants that had nothing in flight start beside slow batches of others, up to eight', () => {
    const queue = open();
    const starts = Array.from({ length: 10 }, (_, index) => {
      queue.add(command(TenantId.parse(`tenant-${index}`), 'one'));
      return queue.take().length;
    });
    expect(starts).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  });

  test('only the tenant that keeps too many waiting is refused', () => {
    const queue = open(100);
    const refused = Array.from({ length: 100 }, (_, index) => queue.add(command(acme, `${index}`)));
    expect(refused.filter((reason) => reason === 'over_share')).toHaveLength(10);
    expect(queue.add(command(shop, 'one'))).toBeNull();
    expect(queue.add(command(acme, 'more'))).toBe('over_share');
    expect(queue.waiting).toBe(91);
  });

  test('while others are active a tenant has a tenth of the places, and alone again nine of ten', () => {
    const queue = open(1_000);
    const refused = (count: number) =>
      Array.from({ length: count }, (_, index) => queue.add(command(acme, `${index}`))).filter(
        (reason) => reason === 'over_share',
      ).length;
    queue.add(command(shop, 'one'));
    expect(refused(200)).toBe(100);
    expect(queue.noPlaceFor(acme)).toBe('over_share');
    expect(queue.noPlaceFor(shop)).toBeNull();
    now += 10_001;
    expect(refused(1_000)).toBe(200);
  });

  test('where every place is taken nobody finds one', () => {
    const queue = open(1);
    expect(queue.add(command(acme, 'one'))).toBeNull();
    expect(queue.add(command(shop, 'one'))).toBe('full');
  });
});
