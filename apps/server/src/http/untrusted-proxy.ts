import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/**
 * Notices, once, a request that says that it was forwarded, by a proxy that is not trusted: behind it all clients have one
 * address, and where it ends TLS the session's cookie is not `Secure`.
 * @param warn is told the proxy's address
 */
export function untrustedProxyWatch(
  trustProxy: false | readonly string[],
  warn: (address: string) => void,
): (request: IncomingMessage) => void {
  const trusts = trustProxy === false ? () => false : proxyAddr.compile([...trustProxy]);
  let isTold = false;
  return ({ headers, socket }) => {
    if (isTold) return;
    if (headers['x-forwarded-for'] === undefined && headers['x-forwarded-proto'] === undefined) return;
    const { remoteAddress } = socket;
    // Of a connection that is closed already nothing is known.
    if (remoteAddress === undefined || trusts(remoteAddress, 0)) return;
    isTold = true;
    warn(remoteAddress);
  };
}
