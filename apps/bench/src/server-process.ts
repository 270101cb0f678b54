import { parseArgs } from 'node:util';
import { createLog, startServer, UNBOUNDED_RATES } from '@baton/server';
import { reportToParent } from './report-to-parent.ts';

// Started by `startServerProcess` with a channel to it; ends with it.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { feeds: { type: 'string' }, 'default-limits': { type: 'boolean', default: false } },
});
const [mongodbUri = ''] = positionals;
const server = await startServer({
  mongodbUri,
  port: 0,
  log: createLog(),
  validateAnswers: false,
  limits: values['default-limits'] ? {} : UNBOUNDED_RATES,
  feedsOfATenant: values.feeds === undefined ? undefined : Number(values.feeds),
});
reportToParent(server.url, () => server.close());
