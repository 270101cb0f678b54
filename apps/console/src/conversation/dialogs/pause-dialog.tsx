import { useState } from 'react';
import { tomorrowMorning } from '../../format/local-time.ts';
import { TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { WhenField } from './when-field.tsx';

export function PauseDialog({ onClose }: { onClose: () => void }) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [localTime, setLocalTime] = useState(() => tomorrowMorning(new Date()));
  const [reason, setReason] = useState('');
  return (
    <DialogForm
      title="Pause the conversation"
      description="It comes back then by itself, or as soon as the customer writes."
      submitLabel="Pause"
      blockedReason={localTime === '' ? 'Say until when' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.pause({
            // Without a zone it is read in the viewer's.
            until: new Date(localTime).toISOString(),
            reason: reason.trim() === '' ? undefined : reason.trim(),
          }),
        )
      }
      onClose={onClose}
    >
      <WhenField label="Until" localTime={localTime} onChange={setLocalTime} />
      <TextField
        label="Reason (optional)"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </DialogForm>
  );
}
