import type { Entry } from '@baton/schema';

const written = new WeakMap<Entry, string>();

/** An entry as JSON, written once however many readers it goes to. */
export function entryJson(entry: Entry): string {
  const known = written.get(entry);
  if (known !== undefined) return known;
  const json = JSON.stringify(entry);
  written.set(entry, json);
  return json;
}
