import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** In ink, because red is reserved for overdue. */
export function FieldError({
  id,
  className,
  children,
}: {
  id?: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <p id={id} className={classNames('flex items-start gap-1 text-meta text-ink', className)}>
      <TriangleAlert size={12} aria-hidden className="mt-0.5 shrink-0" />
      {children}
    </p>
  );
}
