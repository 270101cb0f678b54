import { startMongod } from '@baton/mongod';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string;
  }
}

/**
 * For Vitest's `globalSetup`: one mongod with temporary data for the whole run, unless `BATON_TEST_MONGODB_URI` or
 * `MONGODB_URI` names a replica set.
 */
export default async function setup({
  provide,
}: Pick<TestProject, 'provide'>): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['BATON_TEST_MONGODB_URI'] || process.env['MONGODB_URI'];
  if (given) {
    provide('mongodbUri', given);
    return undefined;
  }
  const mongod = await startMongod();
  provide('mongodbUri', mongod.uri);
  return () => mongod.stop();
}
