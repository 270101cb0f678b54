import { reportToParent } from '../report-to-parent.ts';
import { startMongooseServer } from './mongoose-server.ts';

// Started by `startProcess` with a channel to it; ends with it.
const server = await startMongooseServer(process.argv[2] ?? '');
reportToParent(server.url, async () => server[Symbol.asyncDispose]());
