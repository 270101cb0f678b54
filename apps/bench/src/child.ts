import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';

type ChildOptions = {
  /** Whether every other process goes first. */
  isNice?: boolean;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  execArgv?: string[];
};

/** A process that does work for the bench: each message asks for something, and is answered by one. */
export class Child<Request extends Serializable, Answer> implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #file: URL;

  constructor(file: URL, { isNice = false, args = [], env = {}, execArgv = [] }: ChildOptions = {}) {
    this.#file = file;
    this.#process = fork(file, args, { execArgv, env: { ...process.env, ...env } });
    const { pid } = this.#process;
    if (isNice && pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  }

  send(request: Request): void {
    this.#process.send(request);
  }

  async answer(): Promise<Answer> {
    const stop = new AbortController();
    const { signal } = stop;
    const ended = once(this.#process, 'exit', { signal }).then(([code]) => {
      throw new Error(`${this.#file.pathname} ended with code ${code}`);
    });
    try {
      const [answer] = await Promise.race([once(this.#process, 'message', { signal }), ended]);
      // What the file of this very process sends.
      return answer as Answer;
    } finally {
      ended.catch(() => undefined);
      stop.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}
