import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';

/** A process that does work for the bench: each message asks for something, and is answered by one. */
export class Child<Request extends Serializable, Answer> implements AsyncDisposable {
  readonly #process: ChildProcess;

  /** @param isNice whether every other process goes first */
  constructor(file: URL, { isNice = false }: { isNice?: boolean } = {}) {
    this.#process = fork(file, { execArgv: [] });
    const { pid } = this.#process;
    if (isNice && pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  }

  send(request: Request): void {
    this.#process.send(request);
  }

  async answer(): Promise<Answer> {
    const ended = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`${this.#process.spawnfile} ended with code ${code}`);
    });
    const [answer] = await Promise.race([once(this.#process, 'message'), ended]);
    ended.catch(() => undefined);
    // What the file of this very process sends.
    return answer as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}
