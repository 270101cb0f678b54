import { afterEach, vi } from 'vitest';

// Tests of pure logic run without a page.
if ('document' in globalThis) {
  const { cleanup } = await import('@testing-library/react');
  afterEach(cleanup);
  // The router scrolls, which jsdom cannot.
  vi.stubGlobal('scrollTo', () => undefined);
}
