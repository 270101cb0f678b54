import { createLog, startServer } from '@baton/server';
import { reportToParent } from './report-to-parent.ts';
import { UNBOUNDED_RATES } from './unbounded-rates.ts';

// Started by `startServerProcess` with a channel to it; ends with it.
const [mongodbUri = '', feedsOfATenant] = process.argv.slice(2);
const server = await startServer({
  mongodbUri,
  port: 0,
  log: createLog(),
  validateAnswers: false,
  limits: UNBOUNDED_RATES,
  feedsOfATenant: feedsOfATenant === undefined ? undefined : Number(feedsOfATenant),
});
reportToParent(server.url, () => server.close());
