import { watchCommands } from '@baton/testing';
import { OPERAND } from './hostile-input.ts';

/** Looks for operators of inputs in what this process sends to MongoDB. */
export class DriverWatch implements Disposable {
  /** Where one was found. */
  readonly faults: string[] = [];
  /** How many commands were looked at. */
  seen = 0;
  readonly #watch = watchCommands((name, command) => {
    this.seen += 1;
    const found = operatorIn(command, 0);
    if (found !== null) this.faults.push(`${name}: ${found}`);
  });

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}

/** The path of an operator with the operand that all of inputs have; null where there is none. */
function operatorIn(value: unknown, depth: number): string | null {
  if (typeof value !== 'object' || value === null || depth > 40) return null;
  for (const [key, field] of Object.entries(value)) {
    if (key === '$fuzz' || (key.startsWith('$') && field === OPERAND)) return key;
    const inside = operatorIn(field, depth + 1);
    if (inside !== null) return `${key}.${inside}`;
  }
  return null;
}
