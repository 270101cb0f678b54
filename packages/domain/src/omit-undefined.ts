/** The object as JSON has it: without the keys that are undefined. */
export function omitUndefined<Value extends object>(value: Value): Value {
  // The type allows these keys to be missing: only optional ones can be undefined.
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
}
