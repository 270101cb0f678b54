/** @throws what went wrong; of several an AggregateError */
export function throwFaults(faults: readonly unknown[], what = 'parts of erasures'): void {
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, `${faults.length} ${what} did not go on`);
}
