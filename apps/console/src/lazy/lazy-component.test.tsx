import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lazyComponent } from './lazy-component.tsx';
import { failedDialog, failedInline, failedPage } from './load-failed.tsx';

type Props = { name: string; onClose: () => void };
const props: Props = { name: 'Ana', onClose: () => undefined };

afterEach(cleanup);

/** A part whose code comes at the second try. */
function failingOnce(failed: (retry: () => void, props: Props) => ReactNode) {
  const load = vi.fn(async () => ({ default: ({ name }: Props) => <p>Hello {name}</p> }));
  load.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'));
  return { load, Part: lazyComponent(load, { loading: ({ name }) => <p>Loading {name}</p>, failed }) };
}

describe('a part whose code cannot be loaded', () => {
  test.each([
    ['a part of a page', failedInline],
    ['a dialog', failedDialog],
    ['a page', failedPage],
  ])('says so in the place of %s, and is loaded again by Retry', async (_, failed) => {
    const { Part, load } = failingOnce(failed);
    render(<Part {...props} />);
    expect(screen.getByText('Loading Ana')).toBeDefined();
    expect(await screen.findByText(/could not be loaded/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByText('Hello Ana')).toBeDefined();
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('in the place of a dialog can be closed', async () => {
    const { Part } = failingOnce(failedDialog);
    const onClose = vi.fn();
    render(<Part {...props} onClose={onClose} />);
    await screen.findByText(/could not be loaded/);
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  test('while nobody looked at it is loaded when it is shown', async () => {
    const { Part, load } = failingOnce(failedInline);
    await Part.preload();
    const { unmount } = render(<Part {...props} />);
    unmount();
    render(<Part {...props} />);
    expect(await screen.findByText('Hello Ana')).toBeDefined();
    expect(load).toHaveBeenCalledTimes(2);
  });
});
