import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer as it came over the wire, without a client in between. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface RawConnection extends Disposable {
  socket: Socket;
  send(text: string | Buffer): void;
  /** The next answer; `hasBody: false` for that of a HEAD request. */
  answer(options?: { hasBody?: boolean }): Promise<RawAnswer>;
  /** Resolves when the other side has closed the connection. */
  closed: Promise<void>;
}

/** A connection on which requests are written by hand. */
export function connectRaw(url: string): RawConnection {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk]))).on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('end', () => resolve());
  });

  async function answer({ hasBody = true } = {}): Promise<RawAnswer> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const parsed = parse(received, hasBody);
      if (parsed !== null) {
        received = received.subarray(parsed.length);
        return parsed.answer;
      }
      if (performance.now() > deadline) throw new Error(`No answer: ${received.toString()}`);
      await sleep(5);
    }
  }

  return {
    socket,
    send: (text) => void socket.write(text),
    answer,
    closed,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function parse(bytes: Buffer, hasBody: boolean): { answer: RawAnswer; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [line = '', ...lines] = bytes.subarray(0, end).toString().split('\r\n');
  const headers = new Headers(lines.map((one): [string, string] => splitAt(one, ':')));
  const status = Number(line.split(' ')[1]);
  const rest = bytes.subarray(end + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  const body = !hasBody || status === 100 ? wholeBody(rest, 0) : bodyIn(rest, headers, isChunked);
  if (body === null) return null;
  const parsed: unknown = body.text === '' ? null : JSON.parse(body.text);
  return { answer: { status, headers, body: parsed }, length: end + 4 + body.length };
}

type Body = { text: string; length: number };

function bodyIn(bytes: Buffer, headers: Headers, isChunked: boolean): Body | null {
  return isChunked ? chunkedBody(bytes) : wholeBody(bytes, Number(headers.get('content-length') ?? 0));
}

function wholeBody(bytes: Buffer, length: number): Body | null {
  return bytes.length < length ? null : { text: bytes.subarray(0, length).toString(), length };
}

function chunkedBody(bytes: Buffer): Body | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, end).toString(), 16);
    const next = end + 2 + size + 2;
    if (end === -1 || bytes.length < next) return null;
    if (size === 0) return { text: Buffer.concat(chunks).toString(), length: next };
    chunks.push(bytes.subarray(end + 2, next - 2));
    at = next;
  }
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}
