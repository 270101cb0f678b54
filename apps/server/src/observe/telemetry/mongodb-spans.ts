import type { CommandListener } from '@baton/repository';
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { DATABASE, ERROR_TYPE } from './semantic-conventions.ts';

/**
 * A span for each command to MongoDB that is sent for a call. Commands of several calls that share a transaction or a read
 * are part of the call that came first.
 */
export function mongodbSpans(tracer: Tracer, parent: () => Context | undefined): CommandListener {
  const open = new Map<string, Span>();
  const keyOf = ({ requestId, address }: { requestId: number; address: string }) => `${address} ${requestId}`;
  function take(event: { requestId: number; address: string }): Span | undefined {
    const span = open.get(keyOf(event));
    open.delete(keyOf(event));
    return span;
  }
  return {
    onStarted(event) {
      const context = parent();
      if (context === undefined) return;
      const { commandName, collection, database, address } = event;
      const [host = address, port] = address.split(/:(?=\d+$)/);
      const attributes = {
        [DATABASE.system]: 'mongodb',
        [DATABASE.namespace]: database,
        [DATABASE.operation]: commandName,
        [DATABASE.host]: host,
        ...(port !== undefined && { [DATABASE.port]: Number(port) }),
        ...(collection !== null && { [DATABASE.collection]: collection }),
      };
      const name = collection === null ? commandName : `${commandName} ${collection}`;
      open.set(keyOf(event), tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context));
    },
    onSucceeded: (event) => take(event)?.end(),
    onFailed(event) {
      const span = take(event);
      const code = event.code === null ? {} : { [DATABASE.status]: String(event.code) };
      // Not the message, which may quote a document.
      span
        ?.setAttributes({ ...code, [ERROR_TYPE]: event.errorName })
        .setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
    },
  };
}
