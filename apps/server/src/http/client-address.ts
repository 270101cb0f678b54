import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** How many of the eight groups of an IPv6 address name its network: a client has all of the rest to itself. */
const NETWORK_GROUPS = 4;
const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Says which client a request comes from, by the rule of Fastify's `request.ip`: `X-Forwarded-For` counts as far as it
 * comes from trusted proxies. Of an IPv6 address only the network counts.
 */
export function clientAddresses(trustProxy: false | readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy === false) return (request) => networkOf(request.socket.remoteAddress);
  const trusts = proxyAddr.compile([...trustProxy]);
  return (request) => networkOf(proxyAddr(request, trusts));
}

function networkOf(address = ''): string {
  const [, ipv4] = IPV4_IN_IPV6.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    groups.push(...Array.from({ length: 8 - groups.length - last.length }, () => '0'), ...last);
  }
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
