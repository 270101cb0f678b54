import v8 from '@vitest/coverage-v8';
import type { CoverageProviderModule } from 'vitest/node';

/** Vitest's V8 coverage with the browser's merged in. */
const module: CoverageProviderModule = {
  ...v8,
  // Workers load this file too, but do not need the provider.
  getProvider: async () => new (await import('./coverage-provider.ts')).CoverageProvider(),
};

export default module;
