import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedInline } from '../lazy/load-failed.tsx';
import type { Toast } from './toast-list.tsx';
import { toastPlace } from './toast-place.ts';

const ToastList = lazyComponent(() => import('./toast-list.tsx'), {
  failed: (retry) => <div className={toastPlace}>{failedInline(retry)}</div>,
});

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

/** Shows a message about something that has left the page. */
export const useToast = (): ((toast: Toast) => void) => useContext(ToastContext);

const MAX_TOASTS = 3;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (Toast & { id: string })[]>([]);
  const show = useCallback((toast: Toast) => {
    setToasts((shown) => [...shown.slice(1 - MAX_TOASTS), { ...toast, id: crypto.randomUUID() }]);
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      {toasts.length > 0 && (
        <ToastList
          toasts={toasts}
          onClose={(id) => setToasts((shown) => shown.filter((toast) => toast.id !== id))}
        />
      )}
    </ToastContext>
  );
}
