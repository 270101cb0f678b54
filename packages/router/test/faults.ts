import type { Answer, TestServer } from '../../../apps/server/test/test-server.ts';
import { expect } from 'vitest';

/** What a refused call says: its code, and the path of each fault. */
export function faultsOf({ status, body }: Answer): {
  status: number;
  code?: string;
  paths: string[];
  message?: string;
} {
  const { error } = body as {
    error?: { message: string; data: { baton: { code: string; details?: { faults?: { path: string }[] } } } };
  };
  const { code, details } = error?.data.baton ?? {};
  return { status, code, paths: details?.faults?.map(({ path }) => path) ?? [], message: error?.message };
}

/** Nothing in the store is more or less after it than before. */
export async function changesNothing(server: TestServer, work: () => Promise<void>): Promise<void> {
  const before = await server.counts();
  await work();
  expect(await server.counts()).toEqual(before);
}
