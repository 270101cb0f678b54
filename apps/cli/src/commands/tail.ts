import type { Baton } from '@baton/client';
import type { Entry } from '@baton/schema';
import type { Command } from 'commander';
import { type CommandContext, wantsJson } from './command-context.ts';
import { parseConversationId } from './option-parsers.ts';
import type { Terminal } from '../output/terminal.ts';
import { entryLines } from '../output/timeline-lines.ts';

type TailOptions = {
  conversation?: string;
  signal: AbortSignal;
  json: boolean;
};

const ID_WIDTH = 25;

/**
 * Prints entries as they come, until the signal; reconnects after every break.
 * @throws where the server is unreachable, refuses the key or has no such conversation at the start
 */
export async function tail(
  { api }: Baton,
  terminal: Terminal,
  { conversation, signal, json }: TailOptions,
): Promise<void> {
  // A subscription would retry silently what a query reports at once.
  if (conversation === undefined) await api.tenant.get.query();
  else await api.conversations.get.query({ conversationId: conversation });
  const show = (entry: Entry) => {
    if (json) {
      terminal.print(JSON.stringify(entry));
      return;
    }
    const prefix = conversation === undefined ? `${terminal.colors.dim(entry.conversationId)} ` : '';
    const width = terminal.width === null || prefix === '' ? terminal.width : terminal.width - ID_WIDTH;
    const [first = '', ...rest] = entryLines(entry, terminal.colors, width);
    for (const line of [`${prefix}${first}`, ...rest]) terminal.print(line);
  };
  // Keeps the process alive while the server is unreachable.
  const keepAlive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve, reject) => {
    let wasConnected = false;
    const handlers = {
      signal,
      onData: ({ data }: { data: Entry }) => show(data),
      onConnectionStateChange: ({ state }: { state: string }) => {
        if (state === 'pending' && !wasConnected) terminal.printToStderr('Live. Ctrl-C ends it.');
        if (state === 'connecting' && wasConnected)
          terminal.printToStderr('The server is away; what was missed comes when it is back.');
        wasConnected = state === 'pending';
      },
      onError: reject,
      onComplete: () => resolve(),
      onStopped: () => resolve(),
    };
    if (conversation === undefined) api.feed.tenant.subscribe({}, handlers);
    else api.feed.conversation.subscribe({ conversationId: conversation }, handlers);
    signal.addEventListener('abort', () => resolve(), { once: true });
  }).finally(() => clearInterval(keepAlive));
}

export function registerTail(program: Command, context: CommandContext): void {
  program
    .command('tail')
    .description('everything that happens, as it happens')
    .option('--conversation <id>', 'only this conversation', parseConversationId)
    .action(async ({ conversation }: { conversation?: string }, self: Command) => {
      const interrupt = new AbortController();
      process.once('SIGINT', () => interrupt.abort());
      await tail(await context.connect(), context.terminal, {
        conversation,
        signal: interrupt.signal,
        json: wantsJson(self),
      });
    });
}
