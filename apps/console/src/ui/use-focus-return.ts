import { useRef } from 'react';

/** What had the focus; of an open menu that which opened it, because the menu is about to go. */
function focusedNow(): HTMLElement | null {
  const focused = document.activeElement;
  const opener = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const element = opener == null ? focused : document.getElementById(opener);
  return element instanceof HTMLElement ? element : null;
}

/**
 * For a dialog that no trigger of its own opens: when it closes, the focus returns to where it came from, or to the
 * page where that is gone.
 */
export function useFocusReturn(): { rememberFocus: () => void; onCloseAutoFocus: (event: Event) => void } {
  const from = useRef<HTMLElement | null>(null);
  return {
    rememberFocus: () => {
      from.current = focusedNow();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      const isThere = from.current?.isConnected === true && from.current !== document.body;
      const target = isThere ? from.current : document.getElementById('page');
      target?.focus({ preventScroll: true });
    },
  };
}
