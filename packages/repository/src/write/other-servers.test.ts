import { TenantId } from '@baton/schema';
import { expect, test } from 'vitest';
import { OtherServers } from './other-servers.ts';

const ACME = TenantId.parse('acme');
const GLOBEX = TenantId.parse('globex');

/** What a process knows, on a clock that the test moves. */
function serversAt(clock: { now: number }): OtherServers {
  return new OtherServers(
    () => 0.5,
    () => clock.now,
  );
}

test('a tenant is shared for half a minute after another server wrote for it, and no other tenant is', () => {
  const clock = { now: 1 };
  const others = serversAt(clock);
  expect(others.writeFor(ACME)).toBe(false);
  others.haveWrittenFor(ACME);
  clock.now += 29_999;
  expect([others.writeFor(ACME), others.writeFor(GLOBEX)]).toEqual([true, false]);
  clock.now += 2;
  expect(others.writeFor(ACME)).toBe(false);
});

test('a contended conversation is left to others for about as long as a commit takes', () => {
  const clock = { now: 1 };
  const others = serversAt(clock);
  others.contendFor('acme/1');
  expect(others.turnMs('acme/1', 8)).toBe(8);
  expect(others.turnMs('acme/1', 5_000)).toBe(50);
  expect(others.turnMs('acme/2', 8)).toBe(0);
  clock.now += 1_001;
  expect(others.turnMs('acme/1', 8)).toBe(0);
});
