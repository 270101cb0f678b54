import { connect } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';

/** One connection that is kept; a request at a time, at a small cost to the caller's process. */
export interface RawCaller extends Disposable {
  /**
   * Sends a request and reads the answer to its end.
   * @param body what to post as JSON; without it the request is a GET
   * @throws Error for any other status than 200
   */
  ask(path: string, body?: object): Promise<void>;
}

export function rawCaller(url: string, apiKey: string): RawCaller {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = '';
  let waiting: PromiseWithResolvers<void> | null = null;
  // One byte is one character, so that lengths are those of the wire.
  socket.setEncoding('latin1');
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('data', (chunk) => {
    received += String(chunk);
    if (waiting === null || !isWhole(received)) return;
    const answer = received;
    received = '';
    if (answer.startsWith('HTTP/1.1 200 ')) waiting.resolve();
    else waiting.reject(new Error(answer));
    waiting = null;
  });
  return {
    ask(path, body) {
      const json = body === undefined ? '' : JSON.stringify(body);
      const head = [
        `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
        `host: ${hostname}:${port}`,
        `authorization: Bearer ${apiKey}`,
        'content-type: application/json',
        ...(body === undefined ? [] : [`content-length: ${Buffer.byteLength(json)}`]),
      ];
      waiting = Promise.withResolvers();
      socket.write(`${head.join('\r\n')}${END_OF_HEAD}${json}`);
      return waiting.promise;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function isWhole(received: string): boolean {
  const end = received.indexOf(END_OF_HEAD);
  if (end === -1) return false;
  const length = /^content-length: (\d+)$/im.exec(received.slice(0, end))?.[1];
  if (length === undefined) return received.endsWith(`\r\n0${END_OF_HEAD}`);
  return received.length >= end + END_OF_HEAD.length + Number(length);
}
