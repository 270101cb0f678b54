import { setTimeout as sleep } from 'node:timers/promises';
import { createBaton } from '@baton/client';
import { messageText } from '../message-text.ts';

export type QuietOptions = {
  url: string;
  apiKey: string;
  conversationIds: readonly string[];
  durationMs: number;
};

/** How long each call took, in milliseconds, and how many were refused. */
export type QuietResult = { appends: number[]; gets: number[]; refused: number; reasons: string[] };

/** Between two calls of a caller. */
const PAUSE_MS = 20;

/** A tenant with a caller a conversation: each appends a message and gets its conversation, now and then. */
export async function callQuietly(options: QuietOptions): Promise<QuietResult> {
  const { api } = createBaton({ url: options.url, apiKey: options.apiKey, attempts: 1 });
  const result: QuietResult = { appends: [], gets: [], refused: 0, reasons: [] };
  const until = performance.now() + options.durationMs;
  let messages = 0;

  async function timed(latencies: number[], call: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    try {
      await call();
      latencies.push(performance.now() - from);
    } catch (error) {
      result.refused += 1;
      result.reasons.push(String(error));
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()));
  }

  await Promise.all(
    options.conversationIds.map(async (conversationId) => {
      while (performance.now() < until) {
        messages += 1;
        const clientMessageId = `quiet-${process.pid}-${performance.now()}-${messages}`;
        const message = { conversationId, clientMessageId, author: { kind: 'customer' } as const };
        await timed(result.appends, () =>
          api.messages.append.mutate({ ...message, text: messageText(messages) }),
        );
        await timed(result.gets, () => api.conversations.get.query({ conversationId }));
      }
    }),
  );
  return result;
}
