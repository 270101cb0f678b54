import { createLog, startServer } from '@baton/server';

// Started by `startServerProcess` with a channel to it; ends with it.
const server = await startServer({ mongodbUri: process.argv[2] ?? '', port: 0, log: createLog() });
process.once('disconnect', () => void server.close().then(() => process.exit()));
process.send?.(server.url);
