import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandListener } from '@baton/repository';
import { type CallSpan, VERSION } from '@baton/router';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Registry } from 'prom-client';
import { idsOf } from './call-ids.ts';
import { mongodbSpans } from './mongodb-spans.ts';
import { registryProducer } from './registry-producer.ts';
import { BATON, ERROR_TYPE, RPC, SERVICE } from './semantic-conventions.ts';

const NAME = 'baton';
const EXPORT_EVERY_MS = 15_000;
/** How long a stop waits for what is left to be sent. */
const LAST_EXPORT_MS = 2_000;

/** Codes that are the server's own fault. */
const FAULTS: ReadonlySet<string> = new Set(['INTERNAL', 'UNAVAILABLE', 'UNREADABLE']);

export interface TelemetryOptions {
  /** Where the collector is: `http://collector:4318`. */
  url: string;
  /** How many of a hundred traces are sent that begin here. */
  sampledPercent: number;
}

export interface Telemetry {
  /** Begins the span of a call, as part of the trace that its request names. */
  openSpan(path: string, headers: IncomingHttpHeaders, requestId: string | undefined): CallSpan;
  /** Makes spans of commands to MongoDB. */
  commands: CommandListener;
  /** Sends what is left; takes two seconds at most. */
  shutdown(): Promise<void>;
}

/** Sends traces of calls, and the metrics of a registry, to a collector. */
export function startTelemetry(registry: Registry, { url, sampledPercent }: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({
    [SERVICE.name]: NAME,
    [SERVICE.version]: VERSION,
    [SERVICE.instance]: crypto.randomUUID(),
  });
  const address = (path: string) => new URL(path, url.endsWith('/') ? url : `${url}/`).href;
  const tracers = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledPercent / 100) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: address('v1/traces') }) }),
    ],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: address('v1/metrics') }),
    exportIntervalMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_EVERY_MS,
    metricProducers: [registryProducer(registry, NAME)],
  });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const tracer = tracers.getTracer(NAME, VERSION);
  const current = new AsyncLocalStorage<Context>();
  const propagator = new W3CTraceContextPropagator();

  return {
    commands: mongodbSpans(tracer, () => current.getStore()),
    openSpan(path, headers, requestId) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const [service = ''] = path.split('.');
      const attributes = {
        [RPC.system]: 'trpc',
        [RPC.service]: service,
        [RPC.method]: path,
        ...(requestId !== undefined && { [BATON.requestId]: requestId }),
      };
      const span = tracer.startSpan(path, { kind: SpanKind.SERVER, attributes }, parent);
      const context = trace.setSpan(parent, span);
      return {
        run: (work) => current.run(context, work),
        end(code, input) {
          span.setAttributes({ [BATON.code]: code, ...idsOf(input) });
          if (code !== 'OK') span.setAttribute(ERROR_TYPE, code);
          if (FAULTS.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async shutdown() {
      const sent = Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
      // A collector that is away keeps nobody from stopping.
      await Promise.race([sent, sleep(LAST_EXPORT_MS, undefined, { ref: false })]);
    },
  };
}
