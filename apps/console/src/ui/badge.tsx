import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

const toneClasses = {
  neutral: 'bg-sunken text-ink-2',
  accent: 'bg-accent-soft text-accent-strong',
  waiting: 'bg-waiting-soft text-waiting',
  overdue: 'bg-overdue-soft text-overdue',
};

export type BadgeProps = {
  tone?: keyof typeof toneClasses;
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
};

/** Amber and red are reserved for waiting and overdue. */
export function Badge({ tone = 'neutral', icon, children, className }: BadgeProps) {
  return (
    <span
      className={classNames(
        'inline-flex h-[18px] items-center gap-1 rounded-[4px] px-1.5 text-meta whitespace-nowrap',
        toneClasses[tone],
        typeof children === 'number' && 'tabular-nums',
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
