import type { Document, FindCursor } from 'mongodb';

/** Most documents that are read in a turn. */
export const READ_TOGETHER = 100;

/** A cursor's documents; each of its batches waits for its turn. */
export async function* readInTurns(
  cursor: FindCursor<Document>,
  takeTurn: <Result>(read: () => Promise<Result>) => Promise<Result>,
): AsyncGenerator<Document, void, void> {
  try {
    while (await takeTurn(() => cursor.hasNext())) yield* cursor.readBufferedDocuments();
  } finally {
    await cursor.close();
  }
}
