import { nextStages } from '@baton/domain';
import { type Objection, ObjectionSeverity, ObjectionType, type SalesStage } from '@baton/schema';
import { useState } from 'react';
import { objectionWords, severityWords, stageWords } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { ChoiceRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { WhenField } from './when-field.tsx';

/** @param words what the customer said, where it is known */
export function RaiseObjection({ words = '', onClose }: { words?: string; onClose: () => void }) {
  const { commands } = useConversation();
  const { reason, isBusy, submit } = useSubmit(onClose);
  const [type, setType] = useState<ObjectionType>('price');
  const [severity, setSeverity] = useState<ObjectionSeverity>('medium');
  const [text, setText] = useState(words.slice(0, 2_000));
  return (
    <DialogForm
      title="Note an objection"
      words="Note it"
      blocked={text.trim() === '' ? 'Say what it is' : undefined}
      reason={reason}
      isBusy={isBusy}
      onSubmit={() => submit(() => commands.raise({ type, severity, text: text.trim() }))}
      onClose={onClose}
    >
      <ChoiceRow
        label="About"
        value={type}
        onChange={setType}
        choices={ObjectionType.options.map((value) => ({ value, label: objectionWords[value] }))}
      />
      <TextArea
        label="In the customer’s words"
        maxLength={2_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ChoiceRow
        label="Severity"
        value={severity}
        onChange={setSeverity}
        choices={ObjectionSeverity.options.map((value) => ({ value, label: severityWords[value] }))}
      />
    </DialogForm>
  );
}

const STAY = 'stay';

export function ResolveObjection({ objection, onClose }: { objection: Objection; onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const { reason, isBusy, submit } = useSubmit(onClose);
  const [method, setMethod] = useState('');
  const [notes, setNotes] = useState('');
  const [confidence, setConfidence] = useState(0.8);
  const [stage, setStage] = useState<SalesStage | typeof STAY>(STAY);
  const open = nextStages(conversation).filter(({ blockers }) => blockers.length === 0);
  return (
    <DialogForm
      title={`Resolve the ${objectionWords[objection.type].toLowerCase()} objection`}
      description={objection.text}
      words="Resolve"
      blocked={method.trim() === '' ? 'Say how it was answered' : undefined}
      reason={reason}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.resolve({
            objectionId: objection.id,
            method: method.trim(),
            notes: notes.trim() === '' ? undefined : notes.trim(),
            confidence,
            advanceTo: stage === STAY ? undefined : stage,
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
          { value: STAY, label: `Stays ${stageWords[conversation.stage]}` },
          ...open.map((next) => ({ value: next.stage, label: stageWords[next.stage] })),
        ]}
        onChange={setStage}
      />
    </DialogForm>
  );
}

export function DeferObjection({ objection, onClose }: { objection: Objection; onClose: () => void }) {
  const { commands } = useConversation();
  const { reason: refusal, isBusy, submit } = useSubmit(onClose);
  const [reason, setReason] = useState('');
  const [hasFollowUp, setHasFollowUp] = useState(true);
  const [localTime, setLocalTime] = useState('');
  const lacksTime = hasFollowUp && localTime === '';
  return (
    <DialogForm
      title={`Put off the ${objectionWords[objection.type].toLowerCase()} objection`}
      description={objection.text}
      words="Put off"
      blocked={reason.trim() === '' ? 'Say why' : lacksTime ? 'Say when to come back to it' : undefined}
      reason={refusal}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.defer({
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
