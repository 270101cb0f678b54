import type { Temporal as Implementation } from 'temporal-polyfill';

type WithTemporal = typeof globalThis & { Temporal?: typeof Implementation };

/** Stands for `temporal-polyfill` in the bundle: browsers that have Temporal do not fetch the polyfill. */
export const Temporal: typeof Implementation =
  (globalThis as WithTemporal).Temporal ?? (await import('temporal-polyfill/implementation')).Temporal;
