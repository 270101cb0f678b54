import { TextField } from '../ui/text-field.tsx';
import type { TimeInterval } from './opening-hours.ts';

type TimeRangeProps = {
  value: TimeInterval;
  /** For screen readers, of the first field and of the second. */
  labels: readonly [from: string, to: string];
  onChange: (change: Partial<TimeInterval>) => void;
};

/** Two times of a day, side by side. */
export function TimeRange({ value, labels, onChange }: TimeRangeProps) {
  return (
    <>
      <TextField
        label={labels[0]}
        isLabelHidden
        type="time"
        value={value.from}
        onChange={(event) => onChange({ from: event.target.value })}
        className="w-28"
      />
      <span aria-hidden>–</span>
      <TextField
        label={labels[1]}
        isLabelHidden
        type="time"
        value={value.to}
        onChange={(event) => onChange({ to: event.target.value })}
        className="w-28"
      />
    </>
  );
}
