import type { IncomingMessage } from 'node:http';
import type { CommandListener } from '@baton/repository';
import type { CallSpan } from '@baton/router';
import type { MetricsServer, MetricsServerOptions } from './metrics/metrics-server.ts';
import type { StoreSources } from './metrics/store-metrics.ts';
import type { ProcessObserver } from './process-observer.ts';
import type { TelemetryOptions } from './telemetry/telemetry.ts';

export interface ObservabilityOptions {
  /** Where Prometheus reads what the process counts. */
  metrics?: MetricsServerOptions | undefined;
  /** Where traces and metrics are sent. */
  telemetry?: TelemetryOptions | undefined;
  /** How many tenants, those with the most commands, have labels of their own in metrics; 10 by default. */
  labelledTenants?: number;
}

export interface Observability {
  observer: ProcessObserver;
  /** Follows a call; absent where no traces are sent. */
  openSpan?: (path: string, request: IncomingMessage, requestId: string | undefined) => CallSpan;
  /** Follows commands to MongoDB. */
  commands?: CommandListener;
  follow(sources: StoreSources): void;
  /** Serves the metrics; null where nobody reads them here. */
  serve(): Promise<MetricsServer | null>;
  /** Sends what is left. */
  shutdown(): Promise<void>;
}

export const LABELLED_TENANTS = 10;

const NOTHING: Observability = {
  observer: {},
  follow: () => undefined,
  serve: async () => null,
  shutdown: async () => undefined,
};

/** Loads what is asked for: nothing is counted, and no library loaded, that nobody reads. */
export async function observeProcess({
  metrics,
  telemetry,
  labelledTenants = LABELLED_TENANTS,
}: ObservabilityOptions): Promise<Observability> {
  if (metrics === undefined && telemetry === undefined) return NOTHING;
  const { createMetrics } = await import('./metrics/metrics.ts');
  const counted = createMetrics(labelledTenants);
  const sent =
    telemetry && (await import('./telemetry/telemetry.ts')).startTelemetry(counted.registry, telemetry);
  return {
    observer: counted.observer,
    ...(sent !== undefined && {
      openSpan: (path, { headers }, requestId) => sent.openSpan(path, headers, requestId),
      commands: sent.commands,
    }),
    follow: (sources) => counted.follow(sources),
    async serve() {
      if (metrics === undefined) return null;
      const { serveMetrics } = await import('./metrics/metrics-server.ts');
      return serveMetrics(counted.registry, metrics);
    },
    shutdown: async () => sent?.shutdown(),
  };
}
