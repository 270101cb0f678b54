import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { type TestCli, testCli } from '../../test/test-cli.ts';
import { tail } from './tail.ts';

let cli: TestCli;

beforeAll(async () => {
  cli = await testCli();
});

afterAll(() => cli[Symbol.asyncDispose]());

test('tail shows what happens, everywhere or in one conversation', async () => {
  const { id } = await cli.baton.api.conversations.create.mutate({ contactId: 'ann', channel: 'web' });
  const other = await cli.baton.api.conversations.create.mutate({ contactId: 'bob', channel: 'web' });
  const stop = new AbortController();
  const all = recordingTerminal();
  const one = recordingTerminal();
  const tails = [
    tail(cli.baton, all.terminal, { signal: stop.signal, json: true }),
    tail(cli.baton, one.terminal, { conversation: id, signal: stop.signal, json: false }),
  ];
  await Promise.all([all.hasLines('stderr', 1), one.hasLines('stderr', 1)]);
  for (const conversationId of [id, other.id]) {
    await cli.baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: 'm',
      author: { kind: 'customer' },
      text: `Hello from ${conversationId}`,
    });
  }
  await Promise.all([all.hasLines('stdout', 2), one.hasLines('stdout', 1)]);
  stop.abort();
  await Promise.all(tails);
  expect(all.stdout.map((line) => JSON.parse(line).conversationId)).toEqual([id, other.id]);
  expect(one.stdout[0]).toContain(`Hello from ${id}`);
});

test('tail of a conversation that does not exist says so', async () => {
  const { terminal } = recordingTerminal();
  const stop = new AbortController();
  const options = { conversation: 'f'.repeat(24), signal: stop.signal, json: false };
  await expect(tail(cli.baton, terminal, options)).rejects.toThrow('No such conversation');
});
