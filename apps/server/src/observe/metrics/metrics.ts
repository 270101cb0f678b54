import { VERSION } from '@baton/router';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ProcessObserver } from '../process-observer.ts';
import { callMetrics } from './call-metrics.ts';
import { storeMetrics, type StoreSources } from './store-metrics.ts';

export interface Metrics {
  registry: Registry;
  observer: ProcessObserver;
  /** Shows what waits and runs in a store, once there is one. */
  follow(sources: StoreSources): void;
}

/**
 * All that a process counts of itself, in one registry.
 * @param tenants how many tenants have labels of their own
 */
export function createMetrics(tenants: number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'baton_info',
    help: 'The version of Baton.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: VERSION }, 1);
  const { follow, ...store } = storeMetrics(registry, tenants);
  return { registry, observer: { ...callMetrics(registry), store }, follow };
}
