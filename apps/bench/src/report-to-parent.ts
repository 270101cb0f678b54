import { usage } from './usage.ts';

/**
 * Tells the process that forked this one where its server is and, when asked, what it has used; ends with it.
 */
export function reportToParent(url: string, close: () => Promise<unknown>): void {
  process.once('disconnect', () => void close().then(() => process.exit()));
  process.on('message', (asked) => process.send?.(usage(asked)));
  process.send?.(url);
}
