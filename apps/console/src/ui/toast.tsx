import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

export type Toast = { words: string; undo?: () => void };

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

/** Says what happened to something that is no longer on the page. */
export const useToast = (): ((toast: Toast) => void) => useContext(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (Toast & { id: number })[]>([]);
  const show = useCallback((toast: Toast) => {
    setToasts((shown) => [...shown.slice(-2), { ...toast, id: Date.now() + Math.random() }]);
  }, []);
  const drop = (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id));

  return (
    <ToastContext value={show}>
      <Radix.Provider duration={6_000} swipeDirection="down">
        {children}
        {toasts.map(({ id, words, undo }) => (
          <Radix.Root
            key={id}
            onOpenChange={(open) => !open && drop(id)}
            className="appear flex items-center gap-3 rounded-[8px] bg-raised py-1.5 pr-1.5 pl-3 shadow-float"
          >
            <Radix.Description>{words}</Radix.Description>
            {undo !== undefined && (
              <Radix.Action asChild altText="Undo">
                <Button look="quiet" onClick={undo} className="text-accent">
                  Undo
                </Button>
              </Radix.Action>
            )}
            <Radix.Close asChild>
              <IconButton label="Dismiss" icon={<X size={16} />} />
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed inset-x-3 bottom-16 z-50 mx-auto flex max-w-96 flex-col gap-2 two:bottom-6" />
      </Radix.Provider>
    </ToastContext>
  );
}
