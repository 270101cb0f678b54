import { type Baton, createBaton } from '@baton/client';
import { connect, migrate, openStore } from '@baton/repository';
import { type Conversation, type Role, TenantId } from '@baton/schema';
import { startServer } from '@baton/server';
import { testDatabase } from '@baton/testing';
import { pino } from 'pino';
import { run } from '../src/program.ts';
import type { Terminal } from '../src/output/terminal.ts';
import { recordingTerminal } from './recording-terminal.ts';

const TENANT = TenantId.parse('cli');

export type CliResult = { stdout: string; stderr: string; exitCode: number };

export interface TestCli extends AsyncDisposable {
  url: string;
  apiKey: string;
  mongodbUri: string;
  baton: Baton;
  /** Runs a command in this process. */
  run(...argv: string[]): Promise<CliResult>;
  /** Runs a command with `--json` and parses its output. */
  json(...argv: string[]): Promise<unknown>;
  /** The only conversation of a contact. */
  conversationOf(contactId: string): Promise<Conversation>;
  /** Runs a command on another terminal, or with a key of another role. */
  runWith(options: { terminal?: Partial<Terminal>; role?: Role }, ...argv: string[]): Promise<CliResult>;
}

/** A server with a database of its own unless one is given, and the CLI connected to it. */
export async function testCli(given: { mongodbUri?: string; tenantId?: string } = {}): Promise<TestCli> {
  const database = given.mongodbUri === undefined ? await testDatabase() : null;
  const mongodbUri = given.mongodbUri ?? database?.uri ?? '';
  const tenantId = given.tenantId === undefined ? TENANT : TenantId.parse(given.tenantId);
  const { client, db, clock } = await connect(mongodbUri);
  await migrate(db);
  const store = openStore({ client, db, clock });
  await store.agents.ensureDefaults(tenantId, {});
  const createKey = async (role: Role) =>
    (await store.apiKeys.create({ tenantId, name: 'test', role, agentId: null })).key;
  const apiKey = await createKey('admin');
  const server = await startServer({ mongodbUri, port: 0, log: pino({ level: 'silent' }) });
  const { url } = server;
  const baton = createBaton({ url, apiKey });

  const runWith: TestCli['runWith'] = async ({ terminal: options, role }, ...argv) => {
    const { terminal, stdout, stderr } = recordingTerminal(options);
    const used = role === undefined ? baton : createBaton({ url, apiKey: await createKey(role) });
    let exitCode = 0;
    await run(argv, {
      terminal,
      connect: async () => used,
      setExitCode: (code) => {
        exitCode = code;
      },
    });
    return { stdout: stdout.join('\n'), stderr: stderr.join('\n'), exitCode };
  };
  const runLine: TestCli['run'] = (...argv) => runWith({}, ...argv);
  return {
    url,
    apiKey,
    mongodbUri,
    baton,
    run: runLine,
    runWith,
    json: async (...argv) => JSON.parse((await runLine('--json', ...argv)).stdout),
    async conversationOf(contactId) {
      const { items } = await baton.api.conversations.history.query({ contactId });
      const [conversation] = items;
      if (conversation === undefined || items.length > 1)
        throw new Error(`${items.length} conversations of ${contactId}`);
      return conversation;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await client.close();
      await database?.[Symbol.asyncDispose]();
    },
  };
}
