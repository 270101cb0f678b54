import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess } from './start-server-process.ts';

async function program(source: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'program.mjs');
  await writeFile(file, source);
  return pathToFileURL(file);
}

test('a program that ends instead of listening is named, with its code', async () => {
  await expect(startProcess(await program('process.exit(3)'), [])).rejects.toThrow(
    /program\.mjs ended with code 3/,
  );
});

test('a program that gives something else than its address, or than its usage, is named', async () => {
  const silent = 'process.once("disconnect", () => process.exit());';
  const odd = await program(`process.send(7); ${silent}`);
  await expect(startProcess(odd, [])).rejects.toThrow(/program\.mjs gave no address/);
  const echo = `process.send("http://localhost"); process.on("message", () => process.send("x")); ${silent}`;
  await using server = await startProcess(await program(echo), []);
  expect(server.url).toBe('http://localhost');
  await expect(server.usage()).rejects.toThrow(/program\.mjs gave no usage/);
});
