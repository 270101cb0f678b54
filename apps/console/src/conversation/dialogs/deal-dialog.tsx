import { useState } from 'react';
import { useConversation } from '../conversation-context.ts';
import { DealFields, dealFaults, dealPatchOf, dealTextOf } from './deal-fields.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';

/** What was agreed so far. */
export function DealDialog({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const { reason, isBusy, submit } = useSubmit(onClose);
  const [text, setText] = useState(() => dealTextOf(conversation.deal));
  const isFaulty = Object.keys(dealFaults(text)).length > 0;
  return (
    <DialogForm
      title="Deal"
      description="An empty field is not agreed yet."
      words="Save"
      blocked={isFaulty ? 'A number cannot be read' : undefined}
      reason={reason}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.updateDeal(dealPatchOf(text)))}
      onClose={onClose}
    >
      <DealFields text={text} onChange={setText} />
    </DialogForm>
  );
}
