import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';
import { useFocusReturn } from './use-focus-return.ts';

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One sentence. */
  description?: ReactNode;
  children: ReactNode;
  /** `side` slides in from the right. */
  placement?: 'centre' | 'side';
  width?: number;
};

const FIELDS = 'input, textarea, select, [role="combobox"], [role="radio"][aria-checked="true"]';

/** Without a field the dialog itself gets the focus, so that no button is pressed by accident. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
  (dialog?.querySelector<HTMLElement>(FIELDS) ?? dialog)?.focus();
}

/** Traps the focus and returns it on close. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  placement = 'centre',
  width = 480,
}: DialogProps) {
  const { rememberFocus, onCloseAutoFocus } = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          onOpenAutoFocus={(event) => {
            rememberFocus();
            focusFirstField(event);
          }}
          onCloseAutoFocus={onCloseAutoFocus}
          style={placement === 'centre' ? { maxWidth: width } : undefined}
          className={classNames(
            'fixed z-40 flex flex-col bg-raised shadow-float outline-none',
            placement === 'centre'
              ? 'appear inset-x-3 top-[min(12vh,96px)] mx-auto max-h-[min(80vh,720px)] rounded-[10px]'
              : 'slide-in inset-y-0 right-0 w-[min(var(--panel),100vw)]',
          )}
        >
          <div className="border-b border-line py-2.5 pr-12 pl-4">
            <div className="py-1">
              <Radix.Title className="text-title">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-0.5 text-ink-2">{description}</Radix.Description>
              )}
            </div>
          </div>
          <div className={classNames('min-h-0 flex-1 overflow-y-auto', placement === 'centre' && 'p-4')}>
            {children}
          </div>
          <Radix.Close asChild>
            <IconButton
              label="Close"
              keys="escape"
              icon={<X size={16} />}
              className="absolute top-2.5 right-2.5"
            />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Sticks to the bottom of a long form. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-4 -mx-4 mt-5 -mb-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised px-4 py-3">
      {children}
    </div>
  );
}
