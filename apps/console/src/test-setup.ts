import { afterEach, vi } from 'vitest';

// Tests of pure logic run in Node.
if ('document' in globalThis) {
  const { cleanup } = await import('@testing-library/react');
  afterEach(cleanup);
  // The router calls it; jsdom does not implement it.
  vi.stubGlobal('scrollTo', () => undefined);
}
