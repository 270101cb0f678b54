import type { RunningFixture, Fixture } from './fixture.ts';

/** One mongod for the tests of all packages, unless the environment names one. */
export const mongod: Fixture = { name: 'mongod', start };

async function start(env: NodeJS.ProcessEnv): Promise<RunningFixture> {
  if (env['BATON_TEST_MONGODB_URI'] || env['MONGODB_URI']) return { env: {}, stop: async () => {} };
  const { startMongod } = await import('../packages/mongod/src/index.ts');
  const running = await startMongod();
  return { env: { BATON_TEST_MONGODB_URI: running.uri }, stop: () => running.stop() };
}
