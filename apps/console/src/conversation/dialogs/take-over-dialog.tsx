import { useState } from 'react';
import { useAgents } from '../../agents/use-agents.ts';
import { TextField } from '../../ui/text-field.tsx';
import { Elapsed } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';
import { useTakenOver } from '../use-take-over.ts';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';

/** Taking a conversation from a person needs a reason, which that person reads. */
export function TakeOverDialog({
  onTaken,
  onClose,
}: {
  onTaken: ((ownerEpoch: number) => void) | undefined;
  onClose: () => void;
}) {
  const { conversation, commands } = useConversation();
  const agents = useAgents();
  const takenOver = useTakenOver();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [reason, setReason] = useState('');
  const { agentId, since } = conversation.owner;
  const name = agents.nameOf(agentId);
  return (
    <DialogForm
      title={`Take over from ${name}`}
      description={
        <>
          {name} has held it for <Elapsed since={since} />, and will read why you took it.
        </>
      }
      submitLabel="Take over"
      blockedReason={reason.trim() === '' ? 'Needs: a reason' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(async () => {
          const { conversation: taken } = await commands.takeOver(reason.trim());
          onTaken?.(taken.owner.epoch);
          takenOver(agentId);
        })
      }
      onClose={onClose}
    >
      <TextField
        label="Why"
        value={reason}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => setReason(event.target.value)}
      />
    </DialogForm>
  );
}
