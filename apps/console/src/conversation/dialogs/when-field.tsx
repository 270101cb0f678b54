import { useState } from 'react';
import { clockTime, longDayName } from '../../format/time.ts';
import { suggestedTimes } from '../../format/local-time.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';

export type WhenFieldProps = { label: string; localTime: string; onChange: (localTime: string) => void };

/** A time in the viewer's zone, with common suggestions. */
export function WhenField({ label, localTime, onChange }: WhenFieldProps) {
  const [offered] = useState(() => suggestedTimes(new Date()));
  const isTime = localTime !== '' && !Number.isNaN(Date.parse(localTime));
  return (
    <div>
      <TextField
        label={label}
        type="datetime-local"
        required
        value={localTime}
        onChange={(event) => onChange(event.target.value)}
        hint={isTime ? `${longDayName(localTime)}, ${clockTime(localTime)} on your clock` : undefined}
      />
      <div className="mt-1.5 flex flex-wrap gap-1">
        {offered.map((each) => (
          <Button
            key={each.label}
            variant="quiet"
            aria-pressed={each.localTime === localTime}
            className={each.localTime === localTime ? 'bg-hover text-ink!' : undefined}
            onClick={() => onChange(each.localTime)}
          >
            {each.label}
          </Button>
        ))}
      </div>
    </div>
  );
}
