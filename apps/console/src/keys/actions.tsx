import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Action, ActionStore } from './action-store.ts';
import { typeAhead } from './type-ahead.ts';

const StoreContext = createContext<ActionStore | null>(null);

function useStore(): ActionStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('ActionProvider is missing');
  return store;
}

/** Whether the focused field, menu or dialog handles the key itself. */
function isHandledByFocus(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const isWriting = target?.closest('input, textarea, select, [contenteditable="true"]') != null;
  const within = target?.closest('[role="dialog"], [role="menu"], [role="listbox"]:not([data-keys="page"])');
  // A drawer is a part of the page, so the page's keys work in it.
  return isWriting || (within != null && within.closest('[data-keys="page"]') === null);
}

export function ActionProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new ActionStore());

  useEffect(() => {
    // Before anything else on the page has the key.
    const onCapture = (event: KeyboardEvent) => void typeAhead.takeKey(event);
    const onFocusIn = ({ target }: FocusEvent) => typeAhead.onFocus(target);
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const isGlobal = event.metaKey || event.ctrlKey;
      if (!isGlobal && isHandledByFocus(event)) return;
      // Enter activates the focused button or link.
      if (
        event.key === 'Enter' &&
        !isGlobal &&
        event.target instanceof Element &&
        event.target.closest('a, button')
      )
        return;
      const action = store.handleKey(event, event.timeStamp);
      if (action === null) return;
      event.preventDefault();
      if (action.blockedReason === undefined) action.run();
    }
    document.addEventListener('keydown', onCapture, { capture: true });
    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onCapture, { capture: true });
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [store]);

  return <StoreContext value={store}>{children}</StoreContext>;
}

/** Registers actions while the component is mounted. */
export function useActions(actions: readonly Action[]): void {
  const store = useStore();
  const [owner] = useState(() => Symbol('actions'));
  useLayoutEffect(() => {
    store.register(owner, actions);
  });
  useLayoutEffect(() => () => store.remove(owner), [store, owner]);
}

export function useAllActions(): readonly Action[] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.actions);
}
