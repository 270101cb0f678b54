import { createLog, startServer } from '@baton/server';
import { usage } from './usage.ts';

// Started by `startServerProcess` with a channel to it; ends with it.
const [mongodbUri = '', feedsOfATenant] = process.argv.slice(2);
const server = await startServer({
  mongodbUri,
  port: 0,
  log: createLog(),
  validateAnswers: false,
  feedsOfATenant: feedsOfATenant === undefined ? undefined : Number(feedsOfATenant),
});
process.once('disconnect', () => void server.close().then(() => process.exit()));
process.on('message', (asked) => process.send?.(usage(asked)));
process.send?.(server.url);
