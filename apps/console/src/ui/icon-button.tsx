import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

export type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label'> & {
  label: string;
  icon: ReactNode;
  keys?: string;
  side?: 'top' | 'right' | 'bottom' | 'left';
  isPressed?: boolean;
};

export function IconButton({
  label,
  icon,
  keys,
  side,
  isPressed,
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys} side={side}>
      <button
        type={type}
        aria-label={label}
        aria-pressed={isPressed}
        aria-keyshortcuts={keys?.toUpperCase()}
        className={classNames(
          'inline-grid size-7 shrink-0 place-items-center rounded-base text-ink-2 hover:bg-hover hover:text-ink',
          'disabled:pointer-events-none disabled:opacity-50',
          isPressed === true && 'bg-hover text-ink',
          className,
        )}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
