import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { Refusal } from '@baton/domain';
import { LONGEST_UPLOAD_MS, type Upload } from '@baton/repository';
import type { FileRecord } from '@baton/schema';
import { brokenOff, tooSlow } from '../http/body.ts';
import type { SlowBodies } from '../http/slow-bodies.ts';
import { ContentType } from './content-type.ts';

function tooLong(bytes: number): Refusal {
  return new Refusal('FILE_TOO_LARGE', `The file was said to have ${bytes} bytes, and this is more`, {
    limit: bytes,
  });
}

/** @throws Refusal FILE_TOO_LARGE, by the head of a request alone */
export function requireDeclaredSize({ headers }: IncomingMessage, { bytes }: FileRecord): void {
  if (Number(headers['content-length'] ?? 0) > bytes) throw tooLong(bytes);
}

/**
 * Stores the body of a request as a file's content, piece by piece as it comes.
 * @throws Refusal FILE_TOO_LARGE, INVALID_INPUT where it is shorter than was said or breaks off, NOT_FOUND, UNAVAILABLE where it is
 * too slow
 */
export async function receiveFile(
  request: IncomingMessage,
  upload: Upload,
  slow: SlowBodies,
): Promise<FileRecord> {
  const { file } = upload;
  const type = new ContentType();
  let bytes = 0;
  // By itself, so that the connection stays for the answer where the content is refused.
  const arriving = new PassThrough();
  const fail = (error: Refusal) => void arriving.destroy(error);
  const onBreak = () => fail(brokenOff());
  using watched = slow.watch(() => fail(tooSlow()));
  const timer = setTimeout(() => fail(tooSlow()), LONGEST_UPLOAD_MS).unref();
  request.once('error', onBreak).once('aborted', onBreak).pipe(arriving);
  if (request.destroyed && !request.complete) onBreak();

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of arriving as AsyncIterable<Buffer>) {
      bytes += piece.length;
      watched.bytes = bytes;
      if (bytes > file.bytes) throw tooLong(file.bytes);
      type.add(piece);
      yield piece;
    }
    if (bytes < file.bytes)
      throw new Refusal(
        'INVALID_INPUT',
        `The file was said to have ${file.bytes} bytes, and came with ${bytes}`,
      );
  }

  try {
    return await upload.store(pieces(), async () => ({ bytes, mimeType: await type.end(file.mimeType) }));
  } finally {
    clearTimeout(timer);
    request.unpipe(arriving).pause();
    // A later error of the connection has nobody else who listens.
    request
      .off('error', onBreak)
      .off('aborted', onBreak)
      .on('error', () => undefined);
  }
}
