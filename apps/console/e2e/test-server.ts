import { randomUUID } from 'node:crypto';
import { type Baton, createBaton } from '@baton/client';
import { connect, migrate, openStore, type Store } from '@baton/repository';
import { TenantId } from '@baton/schema';
import { createLog, type ServerOptions, startServer } from '@baton/server';

const TENANT = TenantId.parse('default');

/** A server with the built console, and a client with every right. */
export type TestServer = AsyncDisposable & {
  url: string;
  baton: Baton;
  /** A link that signs one browser in. */
  signInLink: () => Promise<string>;
};

async function createApiKey(mongodbUri: string): Promise<string> {
  const { client, db } = await connect(mongodbUri, { appName: 'console-e2e' });
  try {
    await migrate(db);
    const store: Store = openStore({ client, db });
    await store.agents.ensureDefaults(TENANT, {});
    const named = { tenantId: TENANT, name: `e2e ${randomUUID()}`, role: 'admin' as const };
    return (await store.apiKeys.create(named)).key;
  } finally {
    await client.close();
  }
}

/** @param consoleFolder the built console */
export async function startTestServer(
  mongodbUri: string,
  consoleFolder: string,
  { port = 0, ...options }: Partial<Pick<ServerOptions, 'port' | 'oidc'>> = {},
): Promise<TestServer> {
  const apiKey = await createApiKey(mongodbUri);
  const silent = createLog({ level: 'silent' });
  const server = await startServer({ ...options, mongodbUri, port, consoleFolder, log: silent });
  const baton = createBaton({ url: server.url, apiKey });
  return {
    url: server.url,
    baton,
    signInLink: async () => `${server.url}/?token=${(await baton.api.session.createLink.mutate()).token}`,
    [Symbol.asyncDispose]: () => server.close(),
  };
}
