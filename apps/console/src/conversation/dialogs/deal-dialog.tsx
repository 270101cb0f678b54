import { useState } from 'react';
import { useConversation } from '../conversation-context.ts';
import { DealFields, dealErrors, dealPatchOf, dealDraftOf } from './deal-fields.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';

export function DealDialog({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [draft, setDraft] = useState(() => dealDraftOf(conversation.deal));
  const hasErrors = Object.keys(dealErrors(draft)).length > 0;
  return (
    <DialogForm
      title="Deal"
      description="An empty field is not agreed yet."
      submitLabel="Save"
      blockedReason={hasErrors ? 'A number cannot be read' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.updateDeal(dealPatchOf(draft)))}
      onClose={onClose}
    >
      <DealFields draft={draft} onChange={setDraft} />
    </DialogForm>
  );
}
