import { connect, type Socket } from 'node:net';

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
  let received = '';
  let waiting: PromiseWithResolvers<void> | null = null;
  let socket = open();

  function open(): Socket {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true });
    // One byte is one character, so that lengths are those of the wire.
    opened.setEncoding('latin1');
    opened.on('error', (error) => waiting?.reject(error));
    opened.on('close', () => {
      if (opened === socket) waiting?.reject(new Error('The server has closed the connection'));
    });
    opened.on('data', (chunk) => {
      received += String(chunk);
      if (waiting === null || !isWhole(received)) return;
      const answer = received;
      received = '';
      if (answer.startsWith('HTTP/1.1 200 ')) waiting.resolve();
      else waiting.reject(new Error(answer));
      waiting = null;
    });
    return opened;
  }

  return {
    ask(path, body) {
      // A server ends connections on which nothing has come for long, and may say so.
      if (received !== '' || socket.destroyed || socket.readableEnded) {
        socket.destroy();
        received = '';
        socket = open();
      }
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
