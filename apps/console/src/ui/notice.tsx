import { TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';

export type NoticeProps = {
  message: string;
  onDismiss?: () => void;
  className?: string;
  action?: ReactNode;
};

/** An alert; in ink, because red is reserved for overdue. */
export function Notice({ message, onDismiss, className, action }: NoticeProps) {
  return (
    <div
      role="alert"
      className={classNames(
        'flex items-start gap-2 rounded-base border border-line-strong bg-sunken py-1.5 pr-1 pl-2.5 text-ink',
        className,
      )}
    >
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <span className="min-w-0 flex-1">{message}</span>
      {action}
      {onDismiss !== undefined && (
        <IconButton label="Dismiss" icon={<X size={16} />} onClick={onDismiss} className="-my-1" />
      )}
    </div>
  );
}
