import { cpus } from 'node:os';

/** How busy the machine's processors have been since this was called, 0 to 1, whoever kept them so. */
export function measureMachine(): () => number {
  const before = total();
  return () => {
    const after = total();
    return 1 - (after.idle - before.idle) / (after.all - before.all || 1);
  };
}

function total(): { idle: number; all: number } {
  const sum = { idle: 0, all: 0 };
  for (const { times } of cpus()) {
    sum.idle += times.idle;
    sum.all += Object.values(times).reduce((one, other) => one + other, 0);
  }
  return sum;
}
