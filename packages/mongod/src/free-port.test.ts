import { createServer } from 'node:net';

import { expect, test, vi } from 'vitest';

import { freePort, onFreePort } from './free-port.ts';
import { PortInUse } from './mongod-process.ts';

test('a port that is taken is not free', async () => {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  expect(await freePort(port)).toBeUndefined();
  await new Promise((closed) => server.close(closed));
  expect(await freePort(port)).toBe(port);
});

test('where another process was quicker, another port is tried', async () => {
  const start = vi.fn(async (port: number) => port).mockRejectedValueOnce(new PortInUse());
  expect(await onFreePort(undefined, start)).toBe(start.mock.calls[1]?.[0]);
});

test('the preferred port goes before others, but not if it is taken meanwhile', async () => {
  const preferred = Number(await freePort());
  const start = vi.fn(async (port: number) => port).mockRejectedValueOnce(new PortInUse());
  const port = await onFreePort(undefined, start, preferred);
  expect(start).toHaveBeenNthCalledWith(1, preferred);
  expect(start).toHaveBeenNthCalledWith(2, port);
});

test('after three ports it is given up', async () => {
  const start = vi.fn().mockRejectedValue(new PortInUse('taken'));
  await expect(onFreePort(undefined, start)).rejects.toThrow('taken');
  expect(start).toHaveBeenCalledTimes(3);
});

test('the port that is asked for is tried once', async () => {
  const start = vi.fn().mockRejectedValue(new PortInUse('taken'));
  await expect(onFreePort(4_000, start)).rejects.toThrow('taken');
  expect(start).toHaveBeenCalledExactlyOnceWith(4_000);
});

test('any other failure is not tried again', async () => {
  const start = vi.fn().mockRejectedValue(new Error('broken'));
  await expect(onFreePort(undefined, start)).rejects.toThrow('broken');
  expect(start).toHaveBeenCalledOnce();
});
