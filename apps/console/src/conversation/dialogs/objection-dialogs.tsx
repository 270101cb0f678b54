import { truncateText } from '@baton/domain';
import { nextStages } from '@baton/domain';
import { type Objection, ObjectionSeverity, ObjectionType, type SalesStage } from '@baton/schema';
import { useState } from 'react';
import { objectionLabels, severityLabels, stageLabels } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { RadioRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { WhenField } from './when-field.tsx';

/** @param initialText what the customer said, where it is known */
export function RaiseObjectionDialog({
  initialText = '',
  onClose,
}: {
  initialText?: string;
  onClose: () => void;
}) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [type, setType] = useState<ObjectionType>('price');
  const [severity, setSeverity] = useState<ObjectionSeverity>('medium');
  const [text, setText] = useState(truncateText(initialText, 2_000));
  return (
    <DialogForm
      title="Note an objection"
      submitLabel="Note it"
      blockedReason={text.trim() === '' ? 'Say what it is' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.raiseObjection({ type, severity, text: text.trim() }))}
      onClose={onClose}
    >
      <RadioRow
        label="About"
        value={type}
        onChange={setType}
        choices={ObjectionType.options.map((value) => ({ value, label: objectionLabels[value] }))}
      />
      <TextArea
        label="In the customer’s words"
        maxLength={2_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <RadioRow
        label="Severity"
        value={severity}
        onChange={setSeverity}
        choices={ObjectionSeverity.options.map((value) => ({ value, label: severityLabels[value] }))}
      />
    </DialogForm>
  );
}

const SAME_STAGE = 'stay';

export function ResolveObjectionDialog({
  objection,
  onClose,
}: {
  objection: Objection;
  onClose: () => void;
}) {
  const { conversation, commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [method, setMethod] = useState('');
  const [notes, setNotes] = useState('');
  const [confidence, setConfidence] = useState(0.8);
  const [stage, setStage] = useState<SalesStage | typeof SAME_STAGE>(SAME_STAGE);
  const openStages = nextStages(conversation).filter(({ blockers }) => blockers.length === 0);
  return (
    <DialogForm
      title={`Resolve the ${objectionLabels[objection.type].toLowerCase()} objection`}
      description={objection.text}
      submitLabel="Resolve"
      blockedReason={method.trim() === '' ? 'Say how it was answered' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.resolveObjection({
            objectionId: objection.id,
            method: method.trim(),
            notes: notes.trim() === '' ? undefined : notes.trim(),
            confidence,
            advanceTo: stage === SAME_STAGE ? undefined : stage,
          }),
        )
      }
      onClose={onClose}
    >
      <TextField
        label="How it was answered"
        maxLength={500}
        value={method}
        onChange={(event) => setMethod(event.target.value)}
      />
      <TextArea
        label="Notes (optional)"
        rows={2}
        maxLength={2_000}
        value={notes}
        onChange={(event) => setNotes(event.target.value)}
      />
      <TextField
        label={`Confidence, ${confidence.toFixed(2)}`}
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={confidence}
        onChange={(event) => setConfidence(Number(event.target.value))}
        className="border-0! bg-transparent! px-0! accent-(--accent)"
      />
      <Select
        label="Stage"
        isLabelShown
        value={stage}
        choices={[
          { value: SAME_STAGE, label: `Stays ${stageLabels[conversation.stage]}` },
          ...openStages.map((next) => ({ value: next.stage, label: stageLabels[next.stage] })),
        ]}
        onChange={setStage}
      />
    </DialogForm>
  );
}

export function DeferObjectionDialog({ objection, onClose }: { objection: Objection; onClose: () => void }) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [reason, setReason] = useState('');
  const [hasFollowUp, setHasFollowUp] = useState(true);
  const [localTime, setLocalTime] = useState('');
  const isTimeMissing = hasFollowUp && localTime === '';
  return (
    <DialogForm
      title={`Put off the ${objectionLabels[objection.type].toLowerCase()} objection`}
      description={objection.text}
      submitLabel="Put off"
      blockedReason={
        reason.trim() === '' ? 'Say why' : isTimeMissing ? 'Say when to come back to it' : undefined
      }
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.deferObjection({
            objectionId: objection.id,
            reason: reason.trim(),
            followUpAt: hasFollowUp ? new Date(localTime).toISOString() : undefined,
          }),
        )
      }
      onClose={onClose}
    >
      <TextField
        label="Why"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={hasFollowUp}
          onChange={(event) => setHasFollowUp(event.target.checked)}
          className="accent-(--accent)"
        />
        Come back to it with a follow-up
      </label>
      {hasFollowUp && <WhenField label="When" localTime={localTime} onChange={setLocalTime} />}
    </DialogForm>
  );
}
