import { stageBlockers } from '@baton/domain';
import { useState } from 'react';
import { requirementLabel, stageLabels } from '../../format/labels.ts';
import { TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { RadioRow } from './radio-row.tsx';
import { DealFields, dealErrors, dealPatchOf, dealDraftOf } from './deal-fields.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { Notice } from '../../ui/notice.tsx';
import { winWarnings } from './win-warnings.ts';

type Outcome = 'won' | 'lost' | 'none';

export function CloseDialog({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [outcome, setOutcome] = useState<Outcome>(conversation.stage === 'closing' ? 'won' : 'none');
  const [deal, setDeal] = useState(() => dealDraftOf(conversation.deal));
  const [reason, setReason] = useState('');
  const trimmedReason = reason.trim() === '' ? undefined : reason.trim();

  const to = outcome === 'won' ? 'closed_won' : 'closed_lost';
  const patch = outcome === 'won' ? dealPatchOf(deal) : undefined;
  const blockers =
    outcome === 'none' ? [] : stageBlockers(conversation, { to, deal: patch, lossReason: trimmedReason });
  const missing = blockers.flatMap((blocker) => blocker.missing).map(requirementLabel);
  const isImpossible = blockers.some(({ code }) => code === 'INVALID_TRANSITION');
  const blocked = isImpossible
    ? `From ${stageLabels[conversation.stage]} it cannot be ${stageLabels[to].toLowerCase()}`
    : missing.length > 0
      ? `Needs: ${missing.join(', ')}`
      : outcome === 'won' && Object.keys(dealErrors(deal)).length > 0
        ? 'A number cannot be read'
        : undefined;

  const warnings = outcome === 'won' ? winWarnings(conversation) : [];
  const label = outcome === 'none' ? 'Close' : `Close as ${outcome}`;

  return (
    <DialogForm
      title="Close the conversation"
      description="Open follow-ups that end with it are cancelled. It can be reopened."
      submitLabel={warnings.length === 0 ? label : `${label} anyway`}
      blockedReason={blocked}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          outcome === 'none'
            ? commands.close({ reason: trimmedReason })
            : commands.closeDeal({
                outcome,
                deal: patch,
                lossReason: outcome === 'lost' ? trimmedReason : undefined,
              }),
        )
      }
      onClose={onClose}
    >
      <RadioRow
        label="How it ended"
        value={outcome}
        onChange={setOutcome}
        choices={[
          { value: 'won', label: 'Deal won' },
          { value: 'lost', label: 'Deal lost' },
          { value: 'none', label: 'Neither' },
        ]}
      />
      {warnings.map((warning) => (
        <Notice key={warning} message={warning} />
      ))}
      {outcome === 'won' && <DealFields draft={deal} onChange={setDeal} />}
      {outcome !== 'won' && (
        <TextField
          label={outcome === 'lost' ? 'Why it was lost' : 'Reason (optional)'}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
    </DialogForm>
  );
}
