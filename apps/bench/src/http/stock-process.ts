import { reportToParent } from '../report-to-parent.ts';
import { startStockServer } from './stock-server.ts';

// Started by `startProcess` with a channel to it; ends with it.
const { url, close } = await startStockServer(process.argv[2] ?? '');
reportToParent(url, close);
