import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import { toastPlace } from './toast-place.ts';

export type Toast = {
  message: string;
  undo?: () => void;
  /** Leads to what it is about. */
  open?: () => void;
  /** How long it stays, in milliseconds; 6,000 without it. */
  durationMs?: number;
};

export type ToastListProps = { toasts: readonly (Toast & { id: string })[]; onClose: (id: string) => void };

export default function ToastList({ toasts, onClose }: ToastListProps) {
  return (
    <Radix.Provider duration={6_000} swipeDirection="left">
      {toasts.map(({ id, message, undo, open, durationMs }) => (
        <Radix.Root
          key={id}
          duration={durationMs}
          onOpenChange={(isShown) => !isShown && onClose(id)}
          className="appear flex items-center gap-3 rounded-[8px] bg-raised py-1.5 pr-1.5 pl-3 shadow-float"
        >
          <Radix.Description className="flex-1">{message}</Radix.Description>
          {open !== undefined && (
            <Radix.Action asChild altText="Open">
              <Button variant="quiet" onClick={open} className="text-accent!">
                Open
              </Button>
            </Radix.Action>
          )}
          {undo !== undefined && (
            <Radix.Action asChild altText="Undo">
              <Button variant="quiet" onClick={undo} className="text-accent!">
                Undo
              </Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton label="Dismiss" icon={<X size={16} />} />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className={toastPlace} />
    </Radix.Provider>
  );
}
