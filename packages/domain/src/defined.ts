/** An object without the keys that are undefined: in JSON they would not be there at all. */
export function defined<Value extends object>(value: Value): Value {
  // Leaving an undefined key out changes nothing that its type says.
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
}
