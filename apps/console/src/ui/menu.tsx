import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';

export type MenuProps = {
  /** One element that takes a ref and props. */
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  defaultOpen?: boolean;
};

export function Menu({ trigger, children, align = 'start', defaultOpen }: MenuProps) {
  return (
    <Radix.Root defaultOpen={defaultOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="appear z-50 max-h-[min(60vh,440px)] min-w-48 overflow-y-auto rounded-[8px] bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export type MenuItemProps = {
  icon?: ReactNode;
  keys?: string;
  /** Set for items that can be ticked. */
  isChosen?: boolean;
  /** Disables the item and says why. */
  blockedReason?: string;
  onSelect: () => void;
  children: ReactNode;
};

export function MenuItem({ icon, keys, isChosen, blockedReason, onSelect, children }: MenuItemProps) {
  return (
    <Radix.Item
      disabled={blockedReason !== undefined}
      onSelect={onSelect}
      className={classNames(
        'flex min-h-7 items-center gap-2 rounded-[4px] px-2 py-1 outline-none select-none',
        'data-highlighted:bg-hover data-disabled:text-ink-3',
      )}
    >
      {isChosen !== undefined && (
        <Check size={16} className={classNames('shrink-0', !isChosen && 'invisible')} aria-hidden />
      )}
      {icon}
      <span className="min-w-0 flex-1">
        {children}
        {blockedReason !== undefined && <span className="block text-meta text-ink-3">{blockedReason}</span>}
      </span>
      {keys !== undefined && <Kbd keys={keys} />}
    </Radix.Item>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-meta text-ink-3">{children}</Radix.Label>
);

export const MenuSeparator = () => <Radix.Separator className="my-1 h-px bg-line" />;

/** A menu within a menu. */
export function SubMenu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className="flex min-h-7 items-center gap-2 rounded-[4px] px-2 py-1 outline-none select-none data-highlighted:bg-hover data-[state=open]:bg-hover">
        <span className="flex-1">{label}</span>
        <ChevronRight size={16} aria-hidden className="text-ink-3" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent
          sideOffset={4}
          collisionPadding={8}
          className="appear z-50 max-h-[min(60vh,440px)] min-w-44 overflow-y-auto rounded-[8px] bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  );
}
