import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientAddresses } from './client-address.ts';

/** A request that comes from an address, with those that proxies say that it was forwarded for. */
function request(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const asked = new IncomingMessage(socket);
  if (forwardedFor !== undefined) asked.headers['x-forwarded-for'] = forwardedFor;
  return asked;
}

describe('the client of a request', () => {
  test.each([
    [false as const, '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    [['192.0.2.1'], '192.0.2.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    [['192.0.2.1'], '192.0.2.1', undefined, '192.0.2.1'],
    [['10.0.0.0/8', 'loopback'], '127.0.0.1', '203.0.113.9, 198.51.100.7, 10.0.0.1', '198.51.100.7'],
    [['10.0.0.0/8'], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ])('where %j is trusted, of one from %s for %s, is %s', (trustProxy, from, forwardedFor, client) => {
    expect(clientAddresses(trustProxy)(request(from, forwardedFor))).toBe(client);
  });

  test.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0'],
    ['2001:db8:0:7::1', '2001:db8:0:7'],
    ['2001:0db8:0:7:1:2:3:4', '2001:db8:0:7'],
    ['2001:db8::', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('at %s is known by %s', (address, network) => {
    expect(clientAddresses(false)(request(address))).toBe(network);
  });
});
