import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import type { Store } from '@baton/repository';
import { FileId } from '@baton/schema';
import type { AddressLimits } from '../http/address-limits.ts';
import { type BodyBudget, placeUntilClosed } from '../http/body-budget.ts';
import { brokenOff, noRoom } from '../http/body.ts';
import { setCommonHeaders } from '../http/common-headers.ts';
import { answerError, type ReportFault } from '../http/errors.ts';
import { RequestRefusal } from '../http/request-refusal.ts';
import type { SlowBodies } from '../http/slow-bodies.ts';
import { receiveFile, requireDeclaredSize } from './receive-file.ts';
import { sendFile } from './send-file.ts';

/** The addresses of files begin so. */
export const FILES_PREFIX = '/files/';

export interface FilesOptions {
  store: Pick<Store, 'files'>;
  addresses: AddressLimits;
  budget: BodyBudget;
  slow: SlowBodies;
  report: ReportFault;
  isStopping: () => boolean;
}

/**
 * Takes and gives the contents of files, by addresses that `files.create` and `files.get` have made: no other credential is
 * asked for.
 * @returns whether the request is answered here
 */
export function serveFiles(
  request: IncomingMessage,
  response: ServerResponse,
  options: FilesOptions,
): boolean {
  if (request.url?.startsWith(FILES_PREFIX) !== true) return false;
  answer(request, response, options).catch((thrown: unknown) => {
    // Where an answer broke off, its connection does, too: the client sees that it is not whole.
    if (response.headersSent || response.destroyed) response.destroy();
    else answerError(request, response, thrown, options.report);
  });
  return true;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: FilesOptions,
): Promise<void> {
  const { store, addresses, isStopping } = options;
  if (isStopping()) throw new Refusal('UNAVAILABLE', 'The server stops; try again', { retryAfterMs: 1_000 });
  const { method = '' } = request;
  if (!['GET', 'HEAD', 'PUT'].includes(method))
    throw new RequestRefusal(405, 'INVALID_INPUT', 'Files are sent by PUT and fetched by GET');
  const url = URL.parse(request.url ?? '', 'http://baton');
  const fileId = FileId.safeParse(url?.pathname.slice(FILES_PREFIX.length));
  const token = url?.searchParams.get('token') ?? '';
  const from = addresses.addressFor(request, response);
  if (!fileId.success || token === '') {
    addresses.takeCalls(request, 1, response);
    throw new Refusal('NOT_FOUND', 'This address opens no file');
  }
  const asked = { fileId: fileId.data, token };
  const opening = method === 'PUT' ? receive(request, response, asked, options) : null;
  const work = opening ?? store.files.openDownload(asked).then((found) => sendFile(request, response, found));
  await work.catch((thrown: unknown) => {
    if (thrown instanceof Refusal && thrown.code === 'NOT_FOUND') addresses.countFailure(from, token);
    throw thrown;
  });
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  asked: { fileId: FileId; token: string },
  { store, budget, slow }: FilesOptions,
): Promise<void> {
  const upload = await store.files.openUpload(asked);
  const { tenantId, bufferBytes, file } = upload;
  let stored = file;
  if (file.state === 'waiting') {
    requireDeclaredSize(request, file);
    // One that is closed already emits no other `close`.
    if (response.destroyed) throw brokenOff();
    const place = placeUntilClosed(response, budget, tenantId, Math.min(bufferBytes, file.bytes));
    if (place === null) throw noRoom();
    if (request.headers.expect !== undefined) response.writeContinue();
    stored = await receiveFile(request, upload, slow);
  }
  const text = JSON.stringify({ file: stored });
  setCommonHeaders(request, response);
  // What is sent a second time is not read.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
