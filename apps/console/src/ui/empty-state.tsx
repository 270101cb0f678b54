import type { ReactNode } from 'react';

export type EmptyStateProps = {
  icon?: ReactNode;
  /** What will be shown here. */
  title: string;
  children?: ReactNode;
  action?: ReactNode;
};

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-80 flex-col items-center gap-2 px-6 py-12 text-center">
      {icon !== undefined && <span className="text-ink-3">{icon}</span>}
      <p className="text-ink">{title}</p>
      {children !== undefined && <p className="text-ink-2">{children}</p>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}
