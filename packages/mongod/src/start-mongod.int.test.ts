import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectTo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { freePort } from './free-port.ts';
import { isAlive } from './process-alive.ts';
import { provideMongodb } from './provide-mongodb.ts';
import { formReplicaSet } from './replica-set.ts';
import { type RunningMongod, startMongod } from './start-mongod.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-kept-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

const connected = ({ uri }: { uri: string }) =>
  MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });

async function write(mongod: RunningMongod, value: number): Promise<void> {
  await using client = await connected(mongod);
  await client
    .db('kept')
    .collection('values')
    .insertOne({ value }, { writeConcern: { w: 'majority', j: true } });
}

async function written(mongod: RunningMongod): Promise<number[]> {
  await using client = await connected(mongod);
  const found = await client
    .db('kept')
    .collection<{ value: number }>('values')
    .find()
    .sort({ value: 1 })
    .toArray();
  return found.map(({ value }) => value);
}

/** The folder that a running mongod keeps its data in. */
async function dbPathOf(mongod: RunningMongod): Promise<string> {
  await using client = await connected(mongod);
  const { parsed } = await client.db('admin').command({ getCmdLineOpts: 1 });
  return parsed.storage.dbPath;
}

const portOf = ({ uri }: RunningMongod) => Number(new URL(uri).port);

describe('a temporary mongod', () => {
  test('takes transactions and shows them in a change stream', async () => {
    await using mongod = await startMongod();
    await using client = await connected(mongod);
    const values = client.db('shop').collection<{ _id: number }>('values');
    await using changes = values.watch();
    await changes.tryNext();
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await values.insertOne({ _id: 1 }, { session });
        await values.insertOne({ _id: 2 }, { session });
      }),
    );
    expect(await changes.next()).toMatchObject({ operationType: 'insert', documentKey: { _id: 1 } });
    expect(await changes.next()).toMatchObject({ operationType: 'insert', documentKey: { _id: 2 } });
  });

  test('listens on 127.0.0.1 alone, with WiredTiger and a small cache', async () => {
    await using mongod = await startMongod();
    await using client = await connected(mongod);
    const { parsed } = await client.db('admin').command({ getCmdLineOpts: 1 });
    expect(parsed.net.bindIp).toBe('127.0.0.1');
    const status = await client.db('admin').command({ serverStatus: 1 });
    expect(status['storageEngine'].name).toBe('wiredTiger');
    expect(status['wiredTiger'].cache['maximum bytes configured']).toBe(0.25 * 2 ** 30);
    expect(status['version']).toBe(mongod.version);
  });

  test('is gone with its data after stop, however often that is called', async () => {
    const mongod = await startMongod();
    const [pid] = mongod.pids;
    const folder = await dbPathOf(mongod);
    expect(existsSync(folder)).toBe(true);
    await Promise.all([mongod.stop(), mongod.stop()]);
    await mongod.stop();
    expect(await mongod.exited).toBeUndefined();
    expect(isAlive(Number(pid))).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('lets go early of abandoned transactions and of the past', async () => {
    await using mongod = await startMongod();
    await using client = await connected(mongod);
    const names = { transactionLifetimeLimitSeconds: 1, minSnapshotHistoryWindowInSeconds: 1 };
    expect(await client.db('admin').command({ getParameter: 1, ...names })).toMatchObject({
      transactionLifetimeLimitSeconds: 15,
      minSnapshotHistoryWindowInSeconds: 1,
    });
  });

  test('takes parameters, such as the one that allows fail points', async () => {
    await using mongod = await startMongod({ parameters: { enableTestCommands: 1 } });
    await using client = await connected(mongod);
    const admin = client.db('admin');
    await admin.command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], errorCode: 112 },
    });
    const values = client.db('shop').collection('values');
    await expect(values.insertOne({ a: 1 })).rejects.toMatchObject({ code: 112 });
    await values.insertOne({ a: 1 });
  });

  test('says how it ended when it was not asked to', async () => {
    await using mongod = await startMongod();
    process.kill(Number(mongod.pids[0]), 'SIGKILL');
    expect(await mongod.exited).toBe('mongod ended with SIGKILL');
  });

  test('that cannot start leaves no process and says why', async () => {
    const lines: string[] = [];
    const start = startMongod({ parameters: { noSuchParameter: 1 }, log: (line) => lines.push(line) });
    await expect(start).rejects.toMatchObject({
      name: 'MongodStartFailed',
      message: expect.stringMatching(/mongod did not start/),
    });
    expect(lines.join('\n')).toContain('noSuchParameter');
  });
});

test('three members elect another primary when theirs steps down', { timeout: 90_000 }, async () => {
  await using mongod = await startMongod({ members: 3, parameters: { enableTestCommands: 1 } });
  expect(mongod.pids).toHaveLength(3);
  await using client = await connected(mongod);
  const admin = client.db('admin');
  const primary = async () => (await admin.command({ hello: 1 }))['primary'];
  const before = await primary();
  await client
    .db('shop')
    .collection('values')
    .insertOne({ a: 1 }, { writeConcern: { w: 3 } });
  await admin.command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 });
  await client
    .db('shop')
    .collection('values')
    .insertOne({ a: 2 }, { writeConcern: { w: 'majority' } });
  expect(await primary()).not.toBe(before);
});

describe('a mongod with a data folder', () => {
  test('keeps its data and its port from one start to the next', async () => {
    const first = await startMongod({ dataDir });
    await write(first, 1);
    await first.stop();
    await using second = await startMongod({ dataDir });
    expect(await written(second)).toEqual([1]);
    expect(second.uri).toBe(first.uri);
  });

  test('comes up as primary where it has to listen on another port', async () => {
    const first = await startMongod({ dataDir });
    await write(first, 1);
    await first.stop();
    await using occupant = await startMongod({ port: portOf(first) });
    await using second = await startMongod({ dataDir });
    expect(portOf(second)).not.toBe(portOf(occupant));
    await write(second, 2);
    expect(await written(second)).toEqual([1, 2]);
  });

  test('comes up on the port that is asked for, whatever it had before', async () => {
    await (await startMongod({ dataDir })).stop();
    const port = await freePort();
    await using mongod = await startMongod({ dataDir, port });
    expect(portOf(mongod)).toBe(port);
    await write(mongod, 1);
  });

  test('starts again after a crash, with what was acknowledged', async () => {
    const crashed = await startMongod({ dataDir });
    await write(crashed, 1);
    process.kill(Number(crashed.pids[0]), 'SIGKILL');
    await crashed.exited;
    expect(await readFile(join(dataDir, 'mongod.lock'), 'utf8')).not.toBe('');
    await using mongod = await startMongod({ dataDir });
    expect(await written(mongod)).toEqual([1]);
  });

  test.each(['{"port":', '{"port":"1"}'])(
    'starts where its note of the last start is damaged: %s',
    async (note) => {
      await writeFile(join(dataDir, 'baton-mongod.json'), note);
      await using mongod = await startMongod({ dataDir });
      await write(mongod, 1);
    },
  );

  test('that another running mongod uses is refused, and the other goes on', async () => {
    await using first = await startMongod({ dataDir });
    await expect(startMongod({ dataDir })).rejects.toMatchObject({
      name: 'DataFolderInUse',
      message: `${dataDir} is in use by another running mongod`,
    });
    await write(first, 1);
  });

  test('whose files are damaged is an error that carries the reason of mongod', async () => {
    await (await startMongod({ dataDir })).stop();
    await writeFile(join(dataDir, 'WiredTiger.turtle'), 'damaged');
    await writeFile(join(dataDir, 'WiredTiger.wt'), 'damaged');
    await expect(startMongod({ dataDir })).rejects.toMatchObject({
      name: 'MongodStartFailed',
      message: expect.stringMatching(new RegExp(`mongod did not start on ${dataDir}: WiredTiger`)),
    });
  });

  test('of another replica set is refused', async () => {
    await (await startMongod({ dataDir, replicaSet: 'first' })).stop();
    const start = startMongod({ dataDir, replicaSet: 'second' });
    await expect(start).rejects.toMatchObject({
      name: 'MongodStartFailed',
      message: expect.stringContaining('replica set second did not form'),
    });
  });

  test('a port that another process has is refused', async () => {
    await using occupant = await startMongod();
    const port = portOf(occupant);
    await expect(startMongod({ dataDir, port })).rejects.toMatchObject({
      name: 'PortInUse',
      message: `port ${port} is in use by another process`,
    });
  });
});

describe('a mongod whose program dies', () => {
  /** Starts a mongod in a program of its own, and answers once it runs. */
  async function program(): Promise<{ child: ChildProcess; pid: number }> {
    const code = `
      import { startMongod } from ${JSON.stringify(import.meta.resolve('./start-mongod.ts'))};
      const mongod = await startMongod({ dataDir: ${JSON.stringify(dataDir)} });
      console.log(mongod.pids[0]);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    return { child, pid: Number(line) };
  }

  test('is stopped, and meanwhile the next start waits for it', async () => {
    const { child, pid } = await program();
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await using mongod = await startMongod({ dataDir });
    // It lets go of the folder a moment before it ends.
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 3_000 });
    await write(mongod, 1);
  });
});

/** Passes on to a port what it is sent, but for the first time that each command comes: then the connection breaks. */
async function breaksAtFirst(commands: readonly string[], port: number): Promise<Server> {
  const left = new Set(commands);
  const server = createServer((near) => {
    const far = connectTo(port, '127.0.0.1');
    near.on('data', (chunk) => {
      const command = [...left].find((name) => chunk.includes(name));
      if (command === undefined) {
        far.write(chunk);
        return;
      }
      left.delete(command);
      near.destroy();
    });
    far.on('data', (chunk) => near.write(chunk));
    near.on('close', () => far.destroy()).on('error', () => {});
    far.on('close', () => near.destroy()).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('a replica set', () => {
  test('forms though its member closes connections meanwhile', async () => {
    await using mongod = await startMongod();
    const commands = ['replSetInitiate', 'replSetGetConfig', 'replSetGetStatus', 'replSetReconfig'];
    await using proxy = await breaksAtFirst(commands, portOf(mongod));
    // `listen` has given it a port, so its address is no path.
    const { port } = proxy.address() as AddressInfo;
    await formReplicaSet('baton', [`127.0.0.1:${port}`], 20_000);
    await using client = await MongoClient.connect(mongod.uri.replace(/\?.*/, '?directConnection=true'));
    const { config } = await client.db('admin').command({ replSetGetConfig: 1 });
    expect(config.members).toMatchObject([{ host: `127.0.0.1:${port}` }]);
  });

  test('whose members cannot be reached in time is an error', async () => {
    await expect(formReplicaSet('baton', [`127.0.0.1:${await freePort()}`], 300)).rejects.toThrow(
      /the replica set baton did not form: .*ECONNREFUSED/,
    );
  });
});

describe('what cannot be', () => {
  test.each([0, 8, 1.5])('%s members', async (members) => {
    await expect(startMongod({ members })).rejects.toThrow('members is 1 to 7');
  });

  test('several members in one data folder, or on one port', async () => {
    await expect(startMongod({ members: 3, dataDir })).rejects.toThrow('for one member only');
    await expect(startMongod({ members: 3, port: 1 })).rejects.toThrow('for one member only');
  });
});

describe('the MongoDB that is provided', () => {
  test('is the one that is given, before that of MONGODB_URI', async () => {
    vi.stubEnv('MONGODB_URI', 'mongodb://b/?replicaSet=r');
    expect(await provideMongodb({ uri: 'mongodb://a/' })).toMatchObject({
      uri: 'mongodb://a/',
      embedded: false,
    });
    const named = await provideMongodb();
    expect(named).toMatchObject({ uri: 'mongodb://b/?replicaSet=r', embedded: false });
    await named.stop();
  });

  test('is a mongod of our own without either', async () => {
    vi.stubEnv('MONGODB_URI', '');
    const provided = await provideMongodb();
    expect(provided.embedded).toBe(true);
    await (await connected(provided)).close();
    await provided.stop();
    expect(await provided.exited).toBeUndefined();
  });
});
