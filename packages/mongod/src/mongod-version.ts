import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The version of a mongod, as `6.0.5`.
 * @throws Error where it cannot run here, or is no mongod
 */
export async function mongodVersion(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
  const version = /^db version v(\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  if (!version) throw new Error(`${path} does not state a MongoDB version`);
  return version;
}
