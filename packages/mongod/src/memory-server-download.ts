import { MongoBinary } from 'mongodb-memory-server';

// Run by `downloadMongod` as a process of its own; it answers with one message.
try {
  process.send?.({ path: await MongoBinary.getPath() });
} catch (error) {
  process.send?.({ fault: error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error) });
}
process.disconnect?.();
