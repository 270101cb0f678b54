import type { AppRouter } from '@baton/router/api';
import type { CreateFileInput, FileAddress, FileRecord } from '@baton/schema';
import { TRPCClientError, type TRPCClient } from '@trpc/client';
import { UnexpectedAnswer } from './error.ts';
import { pause } from './pause.ts';
import { isFinal, retryDelayMs } from './retry.ts';

export type UploadFile = Omit<CreateFileInput, 'bytes' | 'name'> & {
  /** Without it the name of a browser's `File`. */
  name?: string;
  /** What is sent again where the way broke off; of a stream, which cannot be, `bytes` says how long it is. */
  content: Blob | Uint8Array<ArrayBuffer> | { stream: ReadableStream<Uint8Array>; bytes: number };
  signal?: AbortSignal;
};

export type DownloadedFile = {
  file: FileRecord;
  /** The content as it comes: `new Response(stream)` makes bytes or a Blob of it. */
  stream: ReadableStream<Uint8Array>;
};

/** Sends the contents of files, and fetches them. */
export class Files {
  readonly #api: TRPCClient<AppRouter>;
  readonly #url: string;
  readonly #attempts: number;
  readonly #fetch: typeof fetch;

  constructor(
    api: TRPCClient<AppRouter>,
    { url, attempts = 5, fetch: fetchOnce = fetch }: { url: string; attempts?: number; fetch?: typeof fetch },
  ) {
    this.#api = api;
    this.#url = url;
    this.#attempts = attempts;
    this.#fetch = (input, init) => fetchOnce(input, init);
  }

  /** Where an address of a file is, for a browser to open. */
  hrefOf(address: FileAddress): string {
    return new URL(address.url, this.#url).href;
  }

  /**
   * Makes a file of a conversation and sends its content.
   * @throws TRPCClientError where it is refused; see `batonError`
   */
  async upload({ content, signal, ...input }: UploadFile): Promise<FileRecord> {
    const { body, bytes, type, name, isRepeatable } = sourceOf(content);
    const create = {
      idempotencyKey: crypto.randomUUID(),
      ...(type !== '' && { mimeType: type }),
      ...input,
      name: input.name ?? name,
      bytes,
    };
    for (let attempt = 1; ; attempt += 1) {
      // Under its key it is the same file each time, with a fresh address.
      const { file, upload } = await this.#api.files.create.mutate(create, signal && { signal });
      if (upload === null) return file;
      try {
        return await this.#send(upload, body, signal);
      } catch (error) {
        const isOver = !isRepeatable || attempt >= this.#attempts || signal?.aborted === true;
        if (isOver || isFinal(error)) throw error;
        await pause(retryDelayMs(attempt, error), signal ?? new AbortController().signal);
      }
    }
  }

  /**
   * A file and its content, from where it is fetched piece by piece.
   * @throws TRPCClientError where it is refused, or its content has not come yet
   */
  async download(fileId: string, { signal }: { signal?: AbortSignal } = {}): Promise<DownloadedFile> {
    const { file, download } = await this.#api.files.get.query({ fileId }, signal && { signal });
    if (download === null) throw new TRPCClientError(`The content of ${file.name} has not come yet`);
    const answer = await this.#call(download, signal && { signal });
    if (answer.body === null) throw new UnexpectedAnswer(this.#url, answer.status);
    return { file, stream: answer.body };
  }

  async #send(
    address: FileAddress,
    body: Blob | ReadableStream<Uint8Array>,
    signal: AbortSignal | undefined,
  ): Promise<FileRecord> {
    const isStream = body instanceof ReadableStream;
    // Node asks for it where a stream is sent; its type does not have it.
    const duplex = isStream ? ({ duplex: 'half' } as const) : {};
    const answer = await this.#call(address, { body, ...(signal && { signal }), ...duplex });
    // Of our own server, which has said that it stored it.
    return ((await answer.json()) as { file: FileRecord }).file;
  }

  async #call(address: FileAddress, init: RequestInit = {}): Promise<Response> {
    const request = { ...init, method: address.method, credentials: 'omit' } as const;
    const answer = await this.#fetch(this.hrefOf(address), request).catch((cause: unknown) => {
      throw TRPCClientError.from(cause instanceof Error ? cause : new Error(String(cause)));
    });
    if (answer.ok) return answer;
    const refusal: unknown = await answer.json().catch(() => null);
    if (isErrorAnswer(refusal)) throw TRPCClientError.from(refusal);
    throw TRPCClientError.from(new UnexpectedAnswer(this.#url, answer.status));
  }
}

type Source = {
  body: Blob | ReadableStream<Uint8Array>;
  bytes: number;
  type: string;
  name: string;
  isRepeatable: boolean;
};

function sourceOf(content: UploadFile['content']): Source {
  if (!(content instanceof Blob || content instanceof Uint8Array)) {
    const { stream, bytes } = content;
    return { body: stream, bytes, type: '', name: 'file', isRepeatable: false };
  }
  const blob = content instanceof Blob ? content : new Blob([content]);
  // Without parameters such as a charset.
  const [type = ''] = blob.type.split(';');
  const name = 'name' in blob && typeof blob.name === 'string' && blob.name !== '' ? blob.name : 'file';
  return { body: blob, bytes: blob.size, type: type.trim(), name, isRepeatable: true };
}

type ErrorAnswer = Parameters<typeof TRPCClientError.from<AppRouter>>[0] & { error: object };

function isErrorAnswer(body: unknown): body is ErrorAnswer {
  return typeof body === 'object' && body !== null && 'error' in body && body.error instanceof Object;
}
