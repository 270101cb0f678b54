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

const StoreContext = createContext<ActionStore | null>(null);

function useStore(): ActionStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('ActionProvider is missing');
  return store;
}

/** Whether a key belongs to what has the focus: text that is being written, a menu, a dialog. */
function isHandledByFocus(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const isWriting = target?.closest('input, textarea, select, [contenteditable="true"]') != null;
  const within = target?.closest('[role="dialog"], [role="menu"], [role="listbox"]:not([data-keys="page"])');
  // The drawer shows a part of the page, so the page's keys hold in it.
  return isWriting || (within != null && within.closest('[data-keys="page"]') === null);
}

/** Listens to the keyboard for everything that the page registers with `useActions`. */
export function ActionProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => new ActionStore());

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const isGlobal = event.metaKey || event.ctrlKey;
      if (!isGlobal && isHandledByFocus(event)) return;
      // Enter and space on a button or a link are that button's own.
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
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [store]);

  return <StoreContext value={store}>{children}</StoreContext>;
}

/** Offers actions, by key and in the palette, for as long as the component is there. */
export function useActions(actions: readonly Action[]): void {
  const store = useStore();
  const [owner] = useState(() => Symbol('actions'));
  useLayoutEffect(() => {
    store.register(owner, actions);
  });
  useLayoutEffect(() => () => store.remove(owner), [store, owner]);
}

/** All that can be done now, for the palette. */
export function useAllActions(): readonly Action[] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.actions);
}
