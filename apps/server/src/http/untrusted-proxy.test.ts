import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { untrustedProxyWatch } from './untrusted-proxy.ts';

function request(remoteAddress: string | undefined, headers: Record<string, string>): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  return Object.assign(new IncomingMessage(socket), { headers });
}

test.each([
  [false as const, '10.0.0.1', { 'x-forwarded-for': '198.51.100.7' }],
  [false as const, '10.0.0.1', { 'x-forwarded-proto': 'https' }],
  [['192.168.0.0/16'], '10.0.0.1', { 'x-forwarded-for': '198.51.100.7' }],
])('where %j is trusted, what %s forwards with %j is told of once', (trustProxy, address, headers) => {
  const warn = vi.fn();
  const watch = untrustedProxyWatch(trustProxy, warn);
  for (let count = 0; count < 3; count += 1) watch(request(address, headers));
  expect(warn.mock.calls).toEqual([[address]]);
});

test.each([
  ['a trusted proxy', ['uniquelocal'], '10.0.0.1', { 'x-forwarded-for': '198.51.100.7' }],
  ['a client without a proxy', false as const, '198.51.100.7', {}],
  ['a connection that is closed', false as const, undefined, { 'x-forwarded-for': '198.51.100.7' }],
])('%s is nothing to tell of', (_, trustProxy, address, headers) => {
  const warn = vi.fn();
  untrustedProxyWatch(trustProxy, warn)(request(address, headers));
  expect(warn).not.toHaveBeenCalled();
});
