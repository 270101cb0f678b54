import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';

type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger';

const variantClasses: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'bg-surface text-ink border border-line-strong hover:bg-hover',
  quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'bg-ink text-surface hover:bg-ink-2',
};

export type ButtonProps = ComponentProps<'button'> & {
  variant?: ButtonVariant;
  icon?: ReactNode;
  /** The shortcut shown beside the label. */
  keys?: string;
};

/** What looks like a button and leads to another page. */
export function ButtonLink({
  variant = 'plain',
  className,
  children,
  ...rest
}: ComponentProps<'a'> & Pick<ButtonProps, 'variant'>) {
  return (
    <a className={classNames(SHAPE, variantClasses[variant], className)} {...rest}>
      {children}
    </a>
  );
}

const SHAPE =
  'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-base px-2.5 whitespace-nowrap select-none';

export function Button({
  variant = 'plain',
  icon,
  keys,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      aria-keyshortcuts={keys?.toUpperCase()}
      className={classNames(
        SHAPE,
        'disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50',
        variantClasses[variant],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
      {keys !== undefined && <Kbd keys={keys} onAccent={variant === 'primary'} />}
    </button>
  );
}
