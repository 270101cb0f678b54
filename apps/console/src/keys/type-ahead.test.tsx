import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ActionProvider, useActions } from './actions.tsx';
import { TypeAhead, typeAhead } from './type-ahead.ts';

afterEach(() => {
  typeAhead.end();
  cleanup();
});

/** A page with a shortcut `t`, on which a dialog with a field may open. */
function Page({ onShortcut, hasField }: { onShortcut: () => void; hasField: boolean }) {
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  useActions([{ label: 'Take over', keys: 't', run: onShortcut }]);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Loaded
      </button>
      {isOpen && (
        <div role="dialog" tabIndex={-1} data-testid="dialog">
          {hasField && (
            <textarea aria-label="Why" value={text} onChange={({ target }) => setText(target.value)} />
          )}
        </div>
      )}
    </>
  );
}

function open({ hasField = true } = {}) {
  const onShortcut = vi.fn();
  render(
    <ActionProvider>
      <Page onShortcut={onShortcut} hasField={hasField} />
    </ActionProvider>,
  );
  const press = (...keys: string[]) => keys.forEach((key) => fireEvent.keyDown(document.body, { key }));
  return { onShortcut, press };
}

describe('what is typed while a dialog opens', () => {
  test('is no shortcut, and stands in its field', () => {
    const { onShortcut, press } = open();
    press('t');
    expect(onShortcut).toHaveBeenCalledTimes(1);
    typeAhead.begin();
    press('t', 'o', 'x', 'Backspace', 'l', 'd', ' ', 'Enter', 't');
    fireEvent.click(screen.getByRole('button'));
    screen.getByRole('textbox').focus();
    expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('told t');
    expect(onShortcut).toHaveBeenCalledTimes(1);
    press('t');
    expect(onShortcut).toHaveBeenCalledTimes(2);
  });

  test('is dropped where the dialog has no field, and where Escape is pressed', () => {
    const { onShortcut, press } = open({ hasField: false });
    typeAhead.begin();
    press('t');
    fireEvent.click(screen.getByRole('button'));
    screen.getByTestId('dialog').focus();
    typeAhead.begin();
    press('t');
    screen.getByTestId('dialog').blur();
    typeAhead.begin();
    press('t', 'Escape', 't');
    expect(onShortcut).toHaveBeenCalledTimes(2);
  });

  test('is kept while the focus stays on the page; chords and arrows go their way', () => {
    const { press } = open();
    const onKey = vi.fn();
    document.addEventListener('keydown', onKey);
    typeAhead.begin();
    screen.getByRole('button').focus();
    press('t', 'ArrowDown');
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    expect(onKey.mock.calls.map(([{ key }]) => key)).toEqual(['ArrowDown', 'k']);
    document.removeEventListener('keydown', onKey);
  });
});

test('keys are shortcuts again where no dialog has come for 10 s', () => {
  const keys = new TypeAhead();
  keys.begin(0);
  expect(keys.takeKey(new KeyboardEvent('keydown', { key: 't' }), 9_999)).toBe(true);
  expect(keys.takeKey(new KeyboardEvent('keydown', { key: 't' }), 10_000)).toBe(false);
});
