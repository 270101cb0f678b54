import { truncateText } from '@baton/domain';

/** Most characters of an outcome or an error, as the server takes them. */
const LIMIT = 1_000;

const UNREADABLE = 'A value that cannot be read';

/** What a handler returned, in words; undefined for nothing and for blank text. Never throws. */
export function describeOutcome(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // Half a surrogate pair becomes U+FFFD; one that this slice leaves lies beyond the limit.
  const start = describe(value)
    .slice(0, 2 * LIMIT)
    .toWellFormed();
  const text = truncateText(start, LIMIT);
  return text.trim() === '' ? undefined : text;
}

/** What a handler threw, in words; undefined where it has none. Never throws. */
export function describeFailure(thrown: unknown): string | undefined {
  return thrown === null ? undefined : describeOutcome(messageOf(thrown) ?? thrown);
}

/** The message of an error, be it of another realm. */
function messageOf(thrown: unknown): string | undefined {
  try {
    if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return undefined;
    return typeof thrown.message === 'string' ? thrown.message : undefined;
  } catch {
    return undefined;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    const plain = toPlain(value);
    if (typeof plain === 'string') return plain;
    const writer: Writer = { text: '', within: new Set() };
    write(writer, plain);
    return writer.text;
  } catch {
    return UNREADABLE;
  }
}

/** What JSON would be made of: an object's own `toJSON`, an error's message. */
function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return value.message;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return Object.prototype.toString.call(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
}

type Writer = { text: string; within: Set<object> };

/**
 * Writes a value much as JSON.stringify does, but of everything, and no more than is kept: a value may be of any size,
 * and hold itself.
 */
function write(writer: Writer, value: unknown): void {
  if (writer.text.length > LIMIT) return;
  if (typeof value === 'string') writer.text += JSON.stringify(value.slice(0, LIMIT + 1));
  else if (typeof value === 'function') writer.text += '[function]';
  else if (typeof value !== 'object' || value === null) writer.text += String(value);
  else if (writer.within.has(value)) writer.text += '"[circular]"';
  else {
    writer.within.add(value);
    if (Array.isArray(value)) writeList(writer, value);
    else writeObject(writer, value);
    writer.within.delete(value);
  }
}

function writeList(writer: Writer, list: readonly unknown[]): void {
  writer.text += '[';
  for (let index = 0; index < list.length && writer.text.length <= LIMIT; index += 1) {
    if (index > 0) writer.text += ',';
    write(writer, toPlain(list[index] ?? null));
  }
  writer.text += ']';
}

function writeObject(writer: Writer, object: object): void {
  writer.text += '{';
  let isFirst = true;
  for (const [key, value] of entriesOf(object)) {
    if (writer.text.length > LIMIT) break;
    if (!isFirst) writer.text += ',';
    isFirst = false;
    writer.text += `${JSON.stringify(key.slice(0, LIMIT))}:`;
    write(writer, toPlain(value));
  }
  writer.text += '}';
}

/** An object's own fields that JSON would have, each read when it is asked for. */
function* entriesOf(object: object): Generator<[key: string, value: unknown]> {
  for (const key of Object.keys(object)) {
    const value: unknown = Reflect.get(object, key);
    if (value !== undefined && typeof value !== 'function') yield [key, value];
  }
}
