import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../packages/mongod/src/free-port.ts';
import { findMongod } from '../packages/mongod/src/index.ts';

// The root has no dependency on the driver.
const require = createRequire(new URL('../packages/mongod/package.json', import.meta.url));
interface Client {
  db(name: string): { command(command: object): Promise<Record<string, unknown>> };
  close(): Promise<void>;
}
const { MongoClient }: { MongoClient: new (uri: string) => Client } = require('mongodb');

const PASSWORD = 'a-password/with@signs';

/**
 * A replica set of one mongod that asks for passwords, with the two users of `deploy/mongodb-setup.js`.
 * @param folder an empty one of its own
 */
export async function startAuthenticatedMongod(folder: string) {
  const { path } = await findMongod();
  const port = await freePort();
  const key = join(folder, 'key');
  await mkdir(join(folder, 'db'), { recursive: true });
  await writeFile(key, randomBytes(256).toString('base64'), { mode: 0o400 });
  const options = ['--dbpath', join(folder, 'db'), '--port', String(port), '--replSet', 'rs0'];
  const mongod = spawn(path, [...options, '--keyFile', key, '--bind_ip', '127.0.0.1'], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  const uriOf = (user: string) =>
    `mongodb://${user}:${encodeURIComponent(PASSWORD)}@${host}/baton?replicaSet=rs0&authSource=admin`;

  const local = new MongoClient(`mongodb://${host}/?directConnection=true`);
  const admin = local.db('admin');
  await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
  while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) await sleep(100);
  // Without users, mongod lets a local client make the first one, and no other.
  await admin.command({ createUser: 'root', pwd: PASSWORD, roles: ['root'] });
  await local.close();
  const root = new MongoClient(
    `mongodb://root:${encodeURIComponent(PASSWORD)}@${host}/?authSource=admin&directConnection=true`,
  );
  for (const [user, roles] of Object.entries(await rolesOfUsers()))
    await root.db('admin').command({ createUser: user, pwd: PASSWORD, roles });
  await root.close();
  return {
    uri: uriOf('baton'),
    migrateUri: uriOf('baton_migrate'),
    async stop(): Promise<void> {
      const ended = once(mongod, 'exit');
      mongod.kill('SIGTERM');
      await ended;
    },
  };
}

/** The roles that the setup script gives, read from it. */
async function rolesOfUsers(): Promise<Record<string, { role: string; db: string }[]>> {
  const script = await readFile(new URL('../deploy/mongodb-setup.js', import.meta.url), 'utf8');
  const text = /^const users = (\{[\s\S]*?^\});/m.exec(script)?.[1] ?? '{}';
  return JSON.parse(
    text
      .replaceAll(/(\w+):/g, '"$1":')
      .replaceAll("'", '"')
      .replaceAll(/,(\s*[\]}])/g, '$1'),
  );
}
