import type { Readable } from 'node:stream';

/** Some of a content's bytes: from `start` to before `end`. */
export type ByteRange = { start: number; end: number };

/** Where the contents of files are kept, by ids of 24 hex digits. None is ever changed. */
export interface FileStorage {
  /** Bytes of memory that one content takes while it is written. */
  readonly bufferBytes: number;
  /** Keeps a content, piece by piece. Where it fails, what was written may be left until it is deleted. */
  write(id: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** A content, or some of it. The stream fails where there is none. */
  read(id: string, range?: ByteRange): Promise<Readable>;
  /** Deletes a content, or what is left of one. There may be none. */
  delete(id: string): Promise<void>;
}
