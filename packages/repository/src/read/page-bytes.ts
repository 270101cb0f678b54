import type { AbstractCursor, Document } from 'mongodb';
import { deserialize } from '../schema/open-collections.ts';

/** A page ends before the item that would pass this, in bytes of JSON. */
export const PAGE_BYTES = 4_000_000;

/** Most bytes of JSON that a byte of BSON or a character becomes: a control character is written as `\u0001`. */
export const JSON_OF_A_CHARACTER = 6;

/** Counts what items add to a page. They are measured only once they could be too many. */
export class PageBytes {
  readonly #limit: number;
  readonly #unmeasured: unknown[] = [];
  #atMost = 0;
  #measured = 0;

  constructor(limit = PAGE_BYTES) {
    this.#limit = limit;
  }

  /**
   * Whether one more item fits; the first always does.
   * @param atMost the most bytes that it can have
   */
  takes(item: unknown, atMost = Infinity): boolean {
    const isFirst = this.#atMost === 0;
    this.#atMost += atMost;
    this.#unmeasured.push(item);
    if (this.#atMost <= this.#limit) return true;
    for (const one of this.#unmeasured.splice(0)) this.#measured += Buffer.byteLength(JSON.stringify(one));
    return isFirst || this.#measured <= this.#limit;
  }
}

/** What was read of a list; null for each item that cannot be read. Whether it was cut short, and more follows. */
export type FoundItems<Item> = { items: (Item | null)[]; isCut: boolean };

/**
 * Reads a cursor's documents as items until they fill a page; what is left stays unread.
 * @param cursor opened with `raw: true`, so that the sizes of its documents are known
 */
export async function readItems<Item>(
  cursor: AbstractCursor<Document>,
  decode: (document: Document) => Item | null,
): Promise<FoundItems<Item>> {
  const bytes = new PageBytes();
  const items: (Item | null)[] = [];
  await using open = cursor;
  while (await open.hasNext()) {
    // A raw cursor gives documents as they came over the wire, which its type does not say.
    for (const document of open.readBufferedDocuments() as unknown as Uint8Array[]) {
      const item = decode(deserialize(document));
      if (item !== null && !bytes.takes(item, document.length * JSON_OF_A_CHARACTER))
        return { items, isCut: true };
      items.push(item);
    }
  }
  return { items, isCut: false };
}

/** The first of the items that fit a page. */
export function firstThatFit<Item>(items: readonly (Item | null)[]): FoundItems<Item> {
  const bytes = new PageBytes();
  const end = items.findIndex((item) => item !== null && !bytes.takes(item));
  return end === -1 ? { items: [...items], isCut: false } : { items: items.slice(0, end), isCut: true };
}
