import { setTimeout as sleep } from 'node:timers/promises';

import { type Document, MongoClient, MongoNetworkError, MongoServerError } from 'mongodb';

import { MongodStartFailed } from './mongod-process.ts';
import { errorMessage } from './error-message.ts';

const ALREADY_INITIALIZED = 23;

const SETTINGS = { electionTimeoutMillis: 5_000, heartbeatIntervalMillis: 1_000 };

/**
 * Initiates a replica set of the mongods at these hosts, or updates the hosts in the config that their data hold.
 * Waits for a primary, and for all others to have caught up.
 * @throws MongodStartFailed after `timeoutMs`, or where the data are of another set
 */
export async function formReplicaSet(
  name: string,
  hosts: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const client = new MongoClient(`mongodb://${hosts[0]}/?directConnection=true`, {
    serverSelectionTimeoutMS: timeoutMs,
  });
  const deadline = Date.now() + timeoutMs;
  const command = retryLostReplies((request) => client.db('admin').command(request), deadline);
  try {
    const members = hosts.map((host, _id) => ({ _id, host }));
    try {
      await command({ replSetInitiate: { _id: name, members, settings: SETTINGS } });
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
      await updateHosts(hosts, command);
    }
    while (!(await isReady(command))) {
      if (Date.now() > deadline) throw new Error(`no primary after ${timeoutMs} ms`);
      await sleep(25);
    }
  } catch (error) {
    throw new MongodStartFailed(`the replica set ${name} did not form: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    await client.close();
  }
}

type Command = (command: Document) => Promise<Document>;

/** A member that changes its state closes its connections. All commands here may be sent twice. */
function retryLostReplies(command: Command, deadline: number): Command {
  return async (request) => {
    for (;;) {
      try {
        return await command(request);
      } catch (error) {
        if (!(error instanceof MongoNetworkError) || Date.now() > deadline) throw error;
      }
      await sleep(25);
    }
  };
}

async function updateHosts(hosts: readonly string[], command: Command): Promise<void> {
  const { config } = await command({ replSetGetConfig: 1 });
  const known: { host: string }[] = config.members;
  if (known.every(({ host }, index) => host === hosts[index])) return;
  const members = hosts.map((host, index) => ({ ...known[index], host }));
  // Forced: a set with wrong hosts has no primary.
  await command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
}

async function isReady(command: Command): Promise<boolean> {
  const { members }: { members?: { stateStr: string }[] } = await command({ replSetGetStatus: 1 });
  if (!members?.some(({ stateStr }) => stateStr === 'PRIMARY')) return false;
  if (!members.every(({ stateStr }) => stateStr === 'PRIMARY' || stateStr === 'SECONDARY')) return false;
  // The state is PRIMARY a moment before it takes writes.
  const hello = await command({ hello: 1 });
  return hello['isWritablePrimary'] === true || hello['secondary'] === true;
}
