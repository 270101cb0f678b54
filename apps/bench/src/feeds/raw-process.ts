import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../listen.ts';
import { reportToParent } from '../report-to-parent.ts';

/** Writes whatever is posted to everyone who reads: the least that a feed can cost on Node. */
const readers = new Set<ServerResponse>();

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write('event: connected\ndata: {}\n\n\n');
    readers.add(response);
    response.once('close', () => readers.delete(response));
    return;
  }
  void publish(request, response);
});

async function publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = await text(request);
  for (const reader of readers) reader.write(event);
  response.end('{}');
}

reportToParent(await listen(server), async () => undefined);
