import { flood, type FloodOptions } from './flood.ts';

// Started with a channel to the bench: options begin a flood, 'stop' ends it, and its counts are sent back.
let ending = new AbortController();
process.on('message', (options: FloodOptions | 'stop') => {
  if (options === 'stop') {
    ending.abort();
    return;
  }
  ending = new AbortController();
  void flood(options, ending.signal).then((counts) => process.send?.(counts));
});
process.once('disconnect', () => process.exit());
