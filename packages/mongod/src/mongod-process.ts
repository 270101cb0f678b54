import { setTimeout as sleep } from 'node:timers/promises';

import { MongoInstance } from 'mongodb-memory-server';

import type { FoundMongod } from './find-mongod.ts';
import type { Log } from './log.ts';
import { reasonOf } from './reason.ts';

export interface MongodSettings {
  port: number;
  dbPath: string;
  replicaSet: string;
  args: readonly string[];
  launchTimeoutMs: number;
}

const SHUTDOWN_WITHIN_MS = 20_000;

/** A mongod did not come up, or its replica set did not. */
export class MongodStartFailed extends Error {
  override readonly name: string = 'MongodStartFailed';
}

/** The data folder is in use by a mongod that still runs. */
export class DataFolderInUse extends MongodStartFailed {
  override readonly name = 'DataFolderInUse';
}

/** The port that was asked for belongs to another process. */
export class PortInUse extends MongodStartFailed {
  override readonly name = 'PortInUse';
}

/**
 * One mongod as mongodb-memory-server runs it: with a second process that stops it when this one dies.
 * Its parser takes a chunk for a line and throws where it is not, so it is given whole lines here.
 */
export class MongodProcess extends MongoInstance {
  readonly #log: Log;
  #firstFault = '';
  #lastFault = '';
  #unfinished = '';
  #stopping = false;
  /** Settles when the mongod is gone: with how it ended, or nothing when `stop` ended it cleanly. */
  readonly exited: Promise<string | undefined>;
  readonly #resolveExited: (how: string | undefined) => void;

  constructor(binary: FoundMongod, settings: MongodSettings, log: Log) {
    super({
      binary: { systemBinary: binary.path, version: binary.version },
      instance: {
        port: settings.port,
        dbPath: settings.dbPath,
        replSet: settings.replicaSet,
        ip: '127.0.0.1',
        storageEngine: 'wiredTiger',
        args: [...settings.args],
        launchTimeout: settings.launchTimeoutMs,
      },
      // A group of its own: Ctrl-C is for the program, which stops its mongod when it no longer needs it.
      spawn: { detached: true },
    });
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.exited = promise;
    this.#resolveExited = resolve;
  }

  get host(): string {
    return `127.0.0.1:${this.instanceOpts.port}`;
  }

  /** @throws DataFolderInUse, PortInUse, MongodStartFailed */
  override async start(): Promise<void> {
    try {
      await super.start();
    } catch (error) {
      await this.stop();
      const { port, dbPath } = this.instanceOpts;
      if (this.#firstFault.includes('DBPathInUse'))
        throw new DataFolderInUse(`${dbPath} is in use by another running mongod`);
      if (/address already in use/i.test(this.#firstFault))
        throw new PortInUse(`port ${port} is in use by another process`);
      const reason = this.#firstFault || reasonOf(error);
      throw new MongodStartFailed(`mongod did not start on ${dbPath}: ${reason}`, { cause: error });
    }
  }

  /** Shuts down cleanly, or after 20 000 ms by force. */
  override async stop(): Promise<boolean> {
    this.#stopping = true;
    // As clean as the command that follows, which warns on the console when a member is on its way out
    // already. On Windows a signal is not clean, so there the command has to do.
    if (process.platform !== 'win32' && this.mongodProcess?.kill('SIGTERM')) {
      await Promise.race([this.exited, sleep(SHUTDOWN_WITHIN_MS, undefined, { ref: false })]);
    }
    return super.stop();
  }

  override stdoutHandler(chunk: string | Buffer): void {
    const lines = (this.#unfinished + String(chunk)).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) {
      const { severity, text } = read(line);
      if ((severity === 'E' || severity === 'F') && !this.#stopping) {
        this.#firstFault ||= text;
        this.#lastFault = text;
        this.#log(`mongod: ${text}`);
      }
      super.stdoutHandler(line);
    }
  }

  override closeHandler(code: number | null, signal: string | null): void {
    const how = `mongod ended with ${signal ?? `code ${code}`}${this.#lastFault && `: ${this.#lastFault}`}`;
    const asked = this.#stopping && code === 0;
    if (!asked) this.#log(how);
    this.#resolveExited(asked ? undefined : how);
    super.closeHandler(code, signal);
  }
}

function read(line: string): { severity: string; text: string } {
  try {
    const { s: severity, msg, attr } = JSON.parse(line) as { s: string; msg: string; attr?: object };
    return { severity, text: `${msg.trim()} ${attr ? JSON.stringify(attr) : ''}`.trim() };
  } catch {
    return { severity: '?', text: line };
  }
}
