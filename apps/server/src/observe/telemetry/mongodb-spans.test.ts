import { ROOT_CONTEXT, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { mongodbSpans } from './mongodb-spans.ts';

const exporter = new InMemorySpanExporter();
const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer(
  'test',
);
const command = { commandName: 'insert', database: 'baton', collection: 'timeline', requestId: 7 };

test('a command that fails is a span with a code and without the message', () => {
  const listener = mongodbSpans(tracer, () => ROOT_CONTEXT);
  listener.onStarted({ ...command, address: '[::1]:27017' });
  listener.onFailed({ requestId: 7, address: '[::1]:27017', errorName: 'MongoServerError', code: 121 });
  listener.onStarted({ ...command, commandName: 'hello', collection: null, address: '/tmp/mongodb.sock' });
  listener.onFailed({
    requestId: 7,
    address: '/tmp/mongodb.sock',
    errorName: 'MongoNetworkError',
    code: null,
  });
  expect(exporter.getFinishedSpans()).toMatchObject([
    {
      name: 'insert timeline',
      status: { code: SpanStatusCode.ERROR },
      attributes: {
        'server.address': '[::1]',
        'server.port': 27_017,
        'db.response.status_code': '121',
        'error.type': 'MongoServerError',
      },
    },
    {
      name: 'hello',
      attributes: { 'server.address': '/tmp/mongodb.sock', 'error.type': 'MongoNetworkError' },
    },
  ]);
});

test('a command that no call has sent is no span', () => {
  exporter.reset();
  const listener = mongodbSpans(tracer, () => undefined);
  listener.onStarted({ ...command, address: 'a:1' });
  listener.onSucceeded({ requestId: 7, address: 'a:1' });
  listener.onFailed({ requestId: 8, address: 'a:1', errorName: 'MongoServerError', code: 1 });
  expect(exporter.getFinishedSpans()).toEqual([]);
});
