import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work keeps the process to itself, in milliseconds. */
const TURN_MS = 10;

/** Lets the process do other work between two pieces of long work. */
export class Turns {
  #began = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }
}
