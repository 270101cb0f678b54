import { callQuietly, type QuietOptions } from './quiet.ts';

// Started with a channel to the bench: each message is a turn, and its result is sent back.
process.on('message', (options: QuietOptions) => {
  void callQuietly(options).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit());
