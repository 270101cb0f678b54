import { render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { Time } from './time.tsx';

const MINUTE = 60_000;

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('a time stands still while it is drawn, even where no timer came for long', () => {
  const now = Date.now();
  const at = new Date(now - 5 * MINUTE - 20_000).toISOString();
  vi.useFakeTimers({ now });
  const { unmount } = render(<Time at={at} />);
  expect(screen.getByText('5 minutes ago')).toBeDefined();
  unmount();
  // A tab in the background: the clock goes on, its timers do not.
  let clock = now + 2 * MINUTE;
  vi.spyOn(Date, 'now').mockImplementation(() => (clock += 1));
  render(<Time at={at} />);
  expect(screen.getByText('7 minutes ago')).toBeDefined();
});
