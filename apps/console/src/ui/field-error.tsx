import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** What is wrong with what was typed, below it. In ink: red is for what is overdue alone. */
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
