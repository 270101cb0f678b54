import { MongoBinary } from 'mongodb-memory-server';

import { reasonOf } from './reason.ts';

// Run by `downloadMongod` as a process of its own; it answers with one message.
try {
  process.send?.({ path: await MongoBinary.getPath() });
} catch (error) {
  process.send?.({ fault: reasonOf(error) });
}
process.disconnect?.();
