import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Download } from '@baton/repository';
import { create as contentDisposition } from 'content-disposition';
import { parse } from 'range-parser';
import { setCommonHeaders } from '../http/common-headers.ts';

/** What a browser may show by itself: images that run nothing. */
const SHOWN = new Set(['image/gif', 'image/jpeg', 'image/png', 'image/webp']);

/** Wherever a file is opened, it runs nothing, loads nothing and is of no origin. */
const SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'";

/** Answers with a file's content, or with the one range of it that is asked for. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  download: Download,
): Promise<void> {
  const { name, mimeType, bytes } = download.file;
  const type = SHOWN.has(mimeType) ? 'inline' : 'attachment';
  setCommonHeaders(request, response);
  response.setHeader('content-type', mimeType === 'text/plain' ? 'text/plain; charset=utf-8' : mimeType);
  response.setHeader('content-disposition', contentDisposition(name, { type }));
  response.setHeader('content-security-policy', SANDBOX);
  response.setHeader('accept-ranges', 'bytes');
  const range = rangeOf(request, bytes);
  if (range === 'none') {
    response.setHeader('content-range', `bytes */${bytes}`);
    response.writeHead(416, { 'content-length': 0 }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: bytes };
  if (range !== null) response.setHeader('content-range', `bytes ${start}-${end - 1}/${bytes}`);
  const head = () => response.writeHead(range === null ? 200 : 206, { 'content-length': end - start });
  if (request.method === 'HEAD' || start === end) {
    head().end();
    return;
  }
  const content = await download.read(range ?? undefined);
  head();
  await pipeline(content, response);
}

/** The bytes that are asked for, the last one excluded; null for all of them, `none` for some that are not there. */
function rangeOf(
  { headers }: IncomingMessage,
  bytes: number,
): { start: number; end: number } | 'none' | null {
  // Whether it is still the same is not asked: a content never changes.
  if (headers.range === undefined) return null;
  const { type, code, ranges } = parse(bytes, headers.range);
  if (type !== 'bytes') return null;
  const [first] = ranges;
  if (first === undefined) return code === 0 || code === 1 ? null : 'none';
  return ranges.length === 1 ? { start: first.start, end: first.end + 1 } : null;
}
