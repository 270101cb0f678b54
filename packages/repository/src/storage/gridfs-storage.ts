import { type Db, GridFSBucket, ObjectId } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { FileStorage } from './file-storage.ts';

const BUCKET = 'file_contents';
const FILES = `${BUCKET}.files`;
const CHUNKS = `${BUCKET}.chunks`;
/** GridFS's own size of a chunk. */
const CHUNK_BYTES = 255 * 1024;

/** Makes the indexes that the driver would make at the first upload. */
export async function prepareGridFs(db: Db): Promise<void> {
  await db.collection(FILES).createIndex({ filename: 1, uploadDate: 1 });
  await db.collection(CHUNKS).createIndex({ files_id: 1, n: 1 }, { unique: true });
}

/** Keeps contents in the same database, in chunks. */
export function gridFsStorage(db: Db): FileStorage {
  const bucket = new GridFSBucket(db, { bucketName: BUCKET, chunkSizeBytes: CHUNK_BYTES });
  return {
    // The chunk that is filled and the one that is written.
    bufferBytes: 2 * CHUNK_BYTES,
    async write(id, content) {
      const stream = bucket.openUploadStreamWithId(new ObjectId(id), id, {
        writeConcern: { w: 'majority' },
      });
      // The write that failed is told of it, too.
      stream.on('error', () => undefined);
      // One after the other, so that nothing is on its way any more where it fails.
      for await (const piece of content)
        await new Promise<void>((resolve, reject) => {
          stream.write(piece, (error) => (error ? reject(error) : resolve()));
        });
      await new Promise<void>((resolve, reject) => {
        stream.once('error', reject).end(() => resolve());
      });
    },
    async read(id, range) {
      return bucket.openDownloadStream(new ObjectId(id), range);
    },
    async delete(id) {
      const options = { maxTimeMS: WRITE_TIMEOUT_MS };
      // Without its document nobody reads a content any more.
      await db.collection(FILES).deleteOne({ _id: new ObjectId(id) }, options);
      await db.collection(CHUNKS).deleteMany({ files_id: new ObjectId(id) }, options);
    },
  };
}
