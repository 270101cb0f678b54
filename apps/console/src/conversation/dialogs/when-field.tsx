import { useState } from 'react';
import { clockTime, dayName } from '../../format/time.ts';
import { soon } from '../../format/local-time.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';

export type WhenFieldProps = { label: string; localTime: string; onChange: (localTime: string) => void };

/** A time on the viewer's clock: one that is often meant, or any. */
export function WhenField({ label, localTime, onChange }: WhenFieldProps) {
  const [offered] = useState(() => soon(new Date()));
  const isTime = localTime !== '' && !Number.isNaN(Date.parse(localTime));
  return (
    <div>
      <TextField
        label={label}
        type="datetime-local"
        required
        value={localTime}
        onChange={(event) => onChange(event.target.value)}
        hint={isTime ? `${dayName(localTime)}, ${clockTime(localTime)} on your clock` : undefined}
      />
      <div className="mt-1.5 flex flex-wrap gap-1">
        {offered.map((each) => (
          <Button
            key={each.words}
            look="quiet"
            aria-pressed={each.localTime === localTime}
            className={each.localTime === localTime ? 'bg-hover text-ink!' : undefined}
            onClick={() => onChange(each.localTime)}
          >
            {each.words}
          </Button>
        ))}
      </div>
    </div>
  );
}
