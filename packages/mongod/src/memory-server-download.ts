import { MongoBinary } from 'mongodb-memory-server';

// Run by `downloadMongod` as a process of its own; it answers with one message.
try {
  process.send?.({ path: await MongoBinary.getPath() });
} catch (error) {
  process.send?.({ fault: error instanceof Error ? error.message.split('\n')[0] : String(error) });
}
process.disconnect?.();
