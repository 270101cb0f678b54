import { ToggleGroup } from 'radix-ui';

export type SegmentedControlProps<Value extends string> = {
  /** For screen readers. */
  label: string;
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
};

/** One tab stop; arrows move. */
export function SegmentedControl<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: SegmentedControlProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const chosen = choices.find((choice) => choice.value === next);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      className="inline-flex h-8 shrink-0 items-center rounded-base border border-line-strong p-[3px]"
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          className="h-6 rounded-[4px] px-2 whitespace-nowrap text-ink-2 hover:text-ink data-[state=on]:bg-selected data-[state=on]:text-ink"
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
