import { MongoBinary } from 'mongodb-memory-server';

import { errorMessage } from './error-message.ts';

// Run by `downloadMongod` as a process of its own; it answers with one message.
try {
  process.send?.({ path: await MongoBinary.getPath() });
} catch (error) {
  process.send?.({ fault: errorMessage(error) });
}
process.disconnect?.();
