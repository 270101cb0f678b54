import { render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { Time } from './time.tsx';

afterEach(() => vi.useRealTimers());

test('a time stands still while it is drawn, even where no timer came for long', () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-02T10:00:00.000Z') });
  render(<Time at="2026-03-02T09:55:00.000Z" />);
  expect(screen.getByText('5 minutes ago')).toBeDefined();
  // A tab in the background: the clock goes on, its timers do not.
  let clock = Date.parse('2026-03-02T10:02:00.000Z');
  vi.spyOn(Date, 'now').mockImplementation(() => (clock += 1));
  render(<Time at="2026-03-02T09:55:00.000Z" />);
  expect(screen.getByText('7 minutes ago')).toBeDefined();
  vi.mocked(Date.now).mockRestore();
});
