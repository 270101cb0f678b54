import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export type RadioRowProps<Value extends string> = {
  label: string;
  value: Value;
  choices: readonly { value: Value; label: ReactNode }[];
  onChange: (value: Value) => void;
};

export function RadioRow<Value extends string>({ label, value, choices, onChange }: RadioRowProps<Value>) {
  return (
    <div>
      <span aria-hidden className="mb-1 block text-meta text-ink-2">
        {label}
      </span>
      {/* The primitive only knows strings; the values are those of `choices`. */}
      <RadioGroup.Root
        aria-label={label}
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        className="flex flex-wrap gap-1"
      >
        {choices.map((choice) => (
          <RadioGroup.Item
            key={choice.value}
            value={choice.value}
            className="flex h-8 items-center gap-1.5 rounded-base border border-line-strong px-2.5 text-ink-2 hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:text-ink"
          >
            <span
              aria-hidden
              className="grid size-3.5 place-items-center rounded-full border border-field-line in-data-[state=checked]:border-accent"
            >
              <RadioGroup.Indicator className="size-1.5 rounded-full bg-accent" />
            </span>
            {choice.label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
