import { act, fireEvent, render, screen } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { MAX_REST_MS, useHeld } from './use-held.ts';

afterEach(() => vi.useRealTimers());

function Rows({ text, version = 1 }: { text: string | undefined; version?: number }) {
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <div data-testid="rows" ref={list}>
        <button type="button">{useHeld(list, text, version)}</button>
      </div>
      <div data-testid="menu" />
    </>
  );
}

const pass = (ms: number) =>
  act(() => {
    vi.advanceTimersByTime(ms);
  });

function renderRows() {
  const { rerender } = render(<Rows text="old" />);
  const button = screen.getByRole('button');
  return {
    button,
    rerender,
    over: (target: Element, pointerType = 'mouse') =>
      act(() => {
        // jsdom's events of pointers have no type.
        const event = new Event('pointerover', { bubbles: true });
        target.dispatchEvent(Object.assign(event, { pointerType }));
      }),
  };
}

test('what is under the pointer stays as it was until the pointer leaves', () => {
  const { button, rerender, over } = renderRows();
  over(button);
  rerender(<Rows text="new" />);
  over(button);
  expect(button.textContent).toBe('old');
  over(document.body);
  expect(button.textContent).toBe('new');
  over(button);
  rerender(<Rows text="newest" />);
  fireEvent.pointerLeave(document.documentElement);
  expect(button.textContent).toBe('newest');
});

test('a menu of the list is part of it', () => {
  const { button, rerender, over } = renderRows();
  over(button);
  button.setAttribute('aria-expanded', 'true');
  over(screen.getByTestId('menu'));
  rerender(<Rows text="new" />);
  expect(button.textContent).toBe('old');
  button.setAttribute('aria-expanded', 'false');
  over(screen.getByTestId('menu'));
  expect(button.textContent).toBe('new');
});

test('a finger, a new version and a pointer that rests hold nothing', () => {
  vi.useFakeTimers();
  const { button, rerender, over } = renderRows();
  over(button, 'touch');
  rerender(<Rows text="second" />);
  expect(button.textContent).toBe('second');
  over(button);
  rerender(<Rows text="third" version={2} />);
  expect(button.textContent).toBe('third');
  over(button);
  rerender(<Rows text="fourth" version={2} />);
  pass(MAX_REST_MS - 1);
  expect(button.textContent).toBe('third');
  pass(1);
  expect(button.textContent).toBe('fourth');
});
