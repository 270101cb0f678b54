import type { Db } from 'mongodb';

/** A word that nothing but the contact's own data has. */
export const WORD = 'Rosalind';

/** The collections in which a word stands in any document, by the very bytes of its BSON. */
export async function whereWordStands(db: Db, word = WORD): Promise<string[]> {
  const needles = [word, word.toLowerCase()].map((one) => Buffer.from(one));
  const found: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    for await (const bytes of db.collection(name).find({}, { raw: true })) {
      // With `raw` the driver gives a document as it came over the wire, which its type does not say.
      const document = bytes as unknown as Buffer;
      if (needles.some((needle) => document.includes(needle))) found.push(name);
    }
  }
  return [...new Set(found)].toSorted();
}
