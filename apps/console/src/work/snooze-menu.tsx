import { timestamp } from '@baton/schema';
import { type FormEvent, type ReactNode, useState } from 'react';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx';
import { TextField } from '../ui/text-field.tsx';
import { localTime } from '../format/local-day.ts';
import { suggestedLocalTime, snoozeChoices, type SnoozeUntil } from './snooze.ts';

export type SnoozeMenuProps = {
  /** One element that takes a ref and props. */
  trigger: ReactNode;
  onSnooze: (until: SnoozeUntil) => void;
  isChoosingTime: boolean;
  onChooseTime: (isChoosingTime: boolean) => void;
};

const now = () => timestamp(Date.now());

export function SnoozeMenu({ trigger, onSnooze, isChoosingTime, onChooseTime }: SnoozeMenuProps) {
  return (
    <>
      <Menu trigger={trigger} align="end">
        <MenuLabel>Put off until</MenuLabel>
        {snoozeChoices({ now: now(), timeZone: VIEWER_TIME_ZONE }).map(({ label, until }) => (
          <MenuItem key={label} onSelect={() => onSnooze(until)}>
            {label}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={() => onChooseTime(true)}>Another time …</MenuItem>
      </Menu>
      {isChoosingTime && (
        <SnoozeDialog
          onClose={() => onChooseTime(false)}
          onSnooze={(until) => {
            onChooseTime(false);
            onSnooze(until);
          }}
        />
      )}
    </>
  );
}

function SnoozeDialog({
  onClose,
  onSnooze,
}: {
  onClose: () => void;
  onSnooze: (until: SnoozeUntil) => void;
}) {
  const earliest = localTime(now(), VIEWER_TIME_ZONE);
  const [chosen, setChosen] = useState(() => suggestedLocalTime({ now: now(), timeZone: VIEWER_TIME_ZONE }));
  const isPast = chosen !== '' && chosen <= earliest;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (chosen !== '' && !isPast) onSnooze({ localTime: chosen, timeZone: VIEWER_TIME_ZONE });
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Put off until" width={360}>
      <form onSubmit={submit}>
        <TextField
          label={`Time in ${VIEWER_TIME_ZONE}`}
          type="datetime-local"
          min={earliest}
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
          error={isPast ? 'This time has passed' : undefined}
          required
        />
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="primary" disabled={chosen === '' || isPast}>
            Put off
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
