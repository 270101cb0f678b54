import { useRef } from 'react';

/** The focused element; for an open menu its trigger, because the menu is about to close. */
function focusedNow(): HTMLElement | null {
  const focused = document.activeElement;
  const opener = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const element = opener == null ? focused : document.getElementById(opener);
  return element instanceof HTMLElement ? element : null;
}

/** For dialogs without a trigger: returns the focus to where it was, or to the page if that element is gone. */
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
