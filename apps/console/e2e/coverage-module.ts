import v8 from '@vitest/coverage-v8';
import type { CoverageProviderModule } from 'vitest/node';

/** Vitest's own coverage by V8, with what the browser ran beside it. */
const module: CoverageProviderModule = {
  ...v8,
  // Workers load this file too, and have no use for the provider.
  getProvider: async () => new (await import('./coverage-provider.ts')).CoverageProvider(),
};

export default module;
