import { startExpressServer } from './express-server.ts';
import { reportToParent } from '../report-to-parent.ts';

// Started by `startProcess` with a channel to it; ends with it.
const { url, close } = await startExpressServer(process.argv[2] ?? '');
reportToParent(url, close);
