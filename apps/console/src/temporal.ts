import type { Temporal as Implementation } from 'temporal-polyfill';

type WithTemporal = typeof globalThis & { Temporal?: typeof Implementation };

/** Replaces `temporal-polyfill` in the bundle, so that browsers with Temporal skip it. */
export const Temporal: typeof Implementation =
  (globalThis as WithTemporal).Temporal ?? (await import('temporal-polyfill/implementation')).Temporal;
