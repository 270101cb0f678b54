import { setTimeout as sleep } from 'node:timers/promises';

import { type Document, MongoClient, MongoNetworkError, MongoServerError } from 'mongodb';

import { MongodStartFailed } from './mongod-process.ts';
import { reasonOf } from './reason.ts';

const ALREADY_INITIALIZED = 23;

const SETTINGS = { electionTimeoutMillis: 5_000, heartbeatIntervalMillis: 1_000 };

/**
 * Makes a replica set of the mongods at these hosts, or brings back the one that their data hold: where
 * they now listen elsewhere, its config is moved to the new hosts. Waits for a primary and for all others
 * to have caught up.
 * @throws MongodStartFailed when that takes longer than `timeoutMs`, or the data are of another set.
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
  const command = persistent((request) => client.db('admin').command(request), deadline);
  try {
    const members = hosts.map((host, _id) => ({ _id, host }));
    try {
      await command({ replSetInitiate: { _id: name, members, settings: SETTINGS } });
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
      await moveTo(hosts, command);
    }
    while (!(await isUp(command))) {
      if (Date.now() > deadline) throw new Error(`no primary after ${timeoutMs} ms`);
      await sleep(25);
    }
  } catch (error) {
    throw new MongodStartFailed(`the replica set ${name} did not form: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.close();
  }
}

type Command = (command: Document) => Promise<Document>;

/** Asks again where the answer is lost: a member that changes its state closes its connections. Each command here may come twice. */
function persistent(command: Command, deadline: number): Command {
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

async function moveTo(hosts: readonly string[], command: Command): Promise<void> {
  const { config } = await command({ replSetGetConfig: 1 });
  const known: { host: string }[] = config.members;
  if (known.every(({ host }, index) => host === hosts[index])) return;
  const members = hosts.map((host, index) => ({ ...known[index], host }));
  // Forced, since a set whose members are not where its config says has no primary to ask.
  await command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
}

async function isUp(command: Command): Promise<boolean> {
  const { members }: { members?: { stateStr: string }[] } = await command({ replSetGetStatus: 1 });
  if (!members?.some(({ stateStr }) => stateStr === 'PRIMARY')) return false;
  if (!members.every(({ stateStr }) => stateStr === 'PRIMARY' || stateStr === 'SECONDARY')) return false;
  // A primary's state comes a moment before it takes writes.
  const hello = await command({ hello: 1 });
  return hello['isWritablePrimary'] === true || hello['secondary'] === true;
}
