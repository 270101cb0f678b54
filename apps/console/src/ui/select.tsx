import { Check, ChevronDown } from 'lucide-react';
import { getNonce } from 'get-nonce';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type SelectChoice<Value extends string> = {
  value: Value;
  label: string;
  icon?: ReactNode;
  note?: string;
};

export type SelectProps<Value extends string> = {
  /** For screen readers, and shown above if `isLabelShown`. */
  label: string;
  isLabelShown?: boolean;
  value: Value;
  choices: readonly SelectChoice<Value>[];
  onChange: (value: Value) => void;
  className?: string;
  disabled?: boolean;
};

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, isLabelShown = false, value, choices, onChange, className, disabled } = props;
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <div className={classNames('min-w-0', className)}>
      {isLabelShown && (
        <span aria-hidden className="mb-1 block text-meta text-ink-2">
          {label}
        </span>
      )}
      {/* The primitive only knows strings; the values are those of `choices`. */}
      <Radix.Root value={value} onValueChange={(next) => onChange(next as Value)} disabled={disabled}>
        <Radix.Trigger
          aria-label={chosen === undefined ? label : `${label}: ${chosen.label}`}
          className="flex h-8 w-full items-center gap-1.5 rounded-base border border-field-line bg-surface px-2 text-left data-placeholder:text-ink-3 disabled:opacity-50"
        >
          <span className="flex min-w-0 flex-1 items-center gap-1.5 truncate">
            {chosen?.icon}
            <Radix.Value placeholder="Choose …">{chosen?.label}</Radix.Value>
          </span>
          <Radix.Icon>
            <ChevronDown size={16} className="text-ink-3" />
          </Radix.Icon>
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            position="popper"
            sideOffset={4}
            collisionPadding={8}
            className="appear z-50 max-h-[min(50vh,360px)] min-w-(--radix-select-trigger-width) overflow-hidden rounded-[8px] bg-raised shadow-float"
          >
            <Radix.Viewport className="p-1" nonce={getNonce()}>
              {choices.map((choice) => (
                <Radix.Item
                  key={choice.value}
                  value={choice.value}
                  className="flex min-h-7 items-center gap-2 rounded-[4px] py-1 pr-7 pl-2 outline-none data-highlighted:bg-hover"
                >
                  {choice.icon}
                  <span>
                    <Radix.ItemText>{choice.label}</Radix.ItemText>
                    {choice.note !== undefined && (
                      <span className="block text-meta text-ink-3">{choice.note}</span>
                    )}
                  </span>
                  <Radix.ItemIndicator className="absolute right-2">
                    <Check size={16} />
                  </Radix.ItemIndicator>
                </Radix.Item>
              ))}
            </Radix.Viewport>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </div>
  );
}
