import { afterEach, expect, test, vi } from 'vitest';
import { usage } from './usage.ts';

afterEach(() => vi.unstubAllGlobals());

test('memory is looked at after a collection where the process can ask for one, and CPU without', () => {
  const collect = vi.fn();
  vi.stubGlobal('gc', collect);
  expect(usage('cpu').cpuMicros).toBeGreaterThan(0);
  expect(collect).not.toHaveBeenCalled();
  expect(usage('memory').rssBytes).toBeGreaterThan(0);
  expect(collect).toHaveBeenCalledTimes(1);
});
