import { MongoClient } from 'mongodb';
import { afterEach, expect, test, vi } from 'vitest';

import setup from './mongod-setup.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(['BATON_TEST_MONGODB_URI', 'MONGODB_URI'])(
  '%s names the mongod that the tests use',
  async (variable) => {
    vi.stubEnv('BATON_TEST_MONGODB_URI', '');
    vi.stubEnv('MONGODB_URI', '');
    vi.stubEnv(variable, 'mongodb://somewhere/?replicaSet=r');
    const provide = vi.fn();
    expect(await setup({ provide })).toBeUndefined();
    expect(provide).toHaveBeenCalledExactlyOnceWith('mongodbUri', 'mongodb://somewhere/?replicaSet=r');
  },
);

test('without one, a replica set of one runs until the tests are over', async () => {
  vi.stubEnv('BATON_TEST_MONGODB_URI', '');
  vi.stubEnv('MONGODB_URI', '');
  const provide = vi.fn();
  const stop = await setup({ provide });
  const uri = String(provide.mock.calls[0]?.[1]);
  {
    await using client = await MongoClient.connect(uri);
    expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ isWritablePrimary: true });
  }
  await stop?.();
  await expect(MongoClient.connect(uri, { serverSelectionTimeoutMS: 500 })).rejects.toThrow(/ECONNREFUSED/);
});
