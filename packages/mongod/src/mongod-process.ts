import { setTimeout as sleep } from 'node:timers/promises';

import { MongoInstance } from 'mongodb-memory-server';

import type { FoundMongod } from './find-mongod.ts';
import type { Log } from './log.ts';
import { errorMessage } from './error-message.ts';

export interface MongodSettings {
  port: number;
  dbPath: string;
  replicaSet: string;
  args: readonly string[];
  launchTimeoutMs: number;
}

const SHUTDOWN_TIMEOUT_MS = 20_000;

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
 * A mongod run by mongodb-memory-server, whose second process stops it when this one dies. That library parses
 * each chunk of output as one line, so it is given whole lines here.
 */
export class MongodProcess extends MongoInstance {
  readonly #log: Log;
  #firstError = '';
  #lastError = '';
  #partialLine = '';
  #stopping = false;
  /** Resolves when the mongod has ended: to how it ended, or undefined after a clean `stop`. */
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
      // Its own process group, so that Ctrl-C does not reach it: the program stops it.
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
      if (this.#firstError.includes('DBPathInUse'))
        throw new DataFolderInUse(`${dbPath} is in use by another running mongod`);
      if (/address already in use/i.test(this.#firstError))
        throw new PortInUse(`port ${port} is in use by another process`);
      const reason = this.#firstError || errorMessage(error);
      throw new MongodStartFailed(`mongod did not start on ${dbPath}: ${reason}`, { cause: error });
    }
  }

  /** Shuts down cleanly, after 20,000 ms by force. */
  override async stop(): Promise<boolean> {
    this.#stopping = true;
    // The shutdown command of `super.stop` warns on the console where a member is already stopping. On Windows a
    // signal does not shut down cleanly.
    if (process.platform !== 'win32' && this.mongodProcess?.kill('SIGTERM')) {
      await Promise.race([this.exited, sleep(SHUTDOWN_TIMEOUT_MS, undefined, { ref: false })]);
    }
    return super.stop();
  }

  override stdoutHandler(chunk: string | Buffer): void {
    const lines = (this.#partialLine + String(chunk)).split('\n');
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) {
      const { severity, text } = parseLogLine(line);
      if ((severity === 'E' || severity === 'F') && !this.#stopping) {
        this.#firstError ||= text;
        this.#lastError = text;
        this.#log(`mongod: ${text}`);
      }
      super.stdoutHandler(line);
    }
  }

  override closeHandler(code: number | null, signal: string | null): void {
    const how = `mongod ended with ${signal ?? `code ${code}`}${this.#lastError && `: ${this.#lastError}`}`;
    const isExpected = this.#stopping && code === 0;
    if (!isExpected) this.#log(how);
    this.#resolveExited(isExpected ? undefined : how);
    super.closeHandler(code, signal);
  }
}

function parseLogLine(line: string): { severity: string; text: string } {
  try {
    const { s: severity, msg, attr } = JSON.parse(line) as { s: string; msg: string; attr?: object };
    return { severity, text: `${msg.trim()} ${attr ? JSON.stringify(attr) : ''}`.trim() };
  } catch {
    return { severity: '?', text: line };
  }
}
