import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often each server is asked whether it is ready, in milliseconds. */
const LOOK_EVERY_MS = 50;

export interface Balancer extends AsyncDisposable {
  url: string;
  /** Sends calls to a server too, once it is ready. */
  add(url: string): void;
}

/**
 * A proxy as simple as they come: it asks each server for `/readyz`, sends calls to those that are ready in turn over
 * connections that stay open, tries nothing twice, and answers 502 where a server gives no answer.
 */
export async function startBalancer(): Promise<Balancer> {
  const servers = new Map<string, { isReady: boolean; agent: Agent }>();
  let turn = 0;
  const looking = setInterval(() => {
    for (const [url, server] of servers) {
      const asked = request(`${url}/readyz`, { agent: false }, (response) => {
        response.resume();
        server.isReady = response.statusCode === 200;
      });
      asked.on('error', () => (server.isReady = false)).end();
    }
  }, LOOK_EVERY_MS);

  const proxy = createServer((incoming, outgoing) => {
    const ready = [...servers].filter(([, { isReady }]) => isReady);
    const [url, server] = ready[(turn += 1) % ready.length] ?? [];
    if (url === undefined || server === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const { method, headers, url: path } = incoming;
    const asked = request(`${url}${path}`, { agent: server.agent, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      response.once('error', () => outgoing.destroy());
    });
    asked.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    });
    outgoing.once('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  // A listening TCP server always has an address of this form.
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    add: (url) => void servers.set(url, { isReady: false, agent: new Agent({ keepAlive: true }) }),
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      for (const { agent } of servers.values()) agent.destroy();
      await closed;
    },
  };
}
