import { type Evidence, QualificationField } from '@baton/schema';
import { useState } from 'react';
import { parseMoney } from '../../format/number.ts';
import { fieldLabels } from '../../format/labels.ts';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { quotedText } from '../evidence.ts';
import { type AnswerDraft, answerDraftOf, MAX_DETAIL_LENGTH, recordInputOf } from './answer-draft.ts';
import { RadioRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { EvidenceField } from './evidence-field.tsx';
import { useSubmit } from './use-submit.ts';

/** Label and hint of the detail of each answer. */
const detailFields: Record<QualificationField, { label: string; hint?: string; isLong?: boolean }> = {
  budget: { label: 'What they can spend', hint: 'For example: 800 to 1,000 a month' },
  authority: { label: 'Their role in the decision', hint: 'For example: head of operations, decides alone' },
  need: { label: 'What hurts, a line each', isLong: true },
  timeline: { label: 'When', hint: 'For example: before the end of the quarter' },
};

export type RecordAnswerDialogProps = {
  initialField?: QualificationField;
  selected?: Evidence;
  onClose: () => void;
};

export function RecordAnswerDialog({ initialField, selected, onClose }: RecordAnswerDialogProps) {
  const { conversation, commands, entries } = useConversation();
  const { qualification } = conversation;
  const { error, isBusy, submit } = useSubmit(onClose);
  const [field, setField] = useState<QualificationField>(
    initialField ?? QualificationField.options.find((each) => qualification[each] === null) ?? 'budget',
  );
  const [drafts, setDrafts] = useState<Partial<Record<QualificationField, AnswerDraft>>>({});
  const [advances, setAdvances] = useState(conversation.stage === 'qualification');
  const draft = drafts[field] ?? answerDraftOf(qualification, field, selected, quotedText(entries, selected));
  const change = (part: Partial<AnswerDraft>) => setDrafts({ ...drafts, [field]: { ...draft, ...part } });
  const { label, hint, isLong } = detailFields[field];
  const isAmountValid = draft.minimum === '' || parseMoney(draft.minimum) !== null;

  return (
    <DialogForm
      title="Record an answer"
      submitLabel={`Record ${fieldLabels[field].toLowerCase()}`}
      blockedReason={field === 'budget' && !isAmountValid ? 'The amount cannot be read' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.recordAnswer({ ...recordInputOf(field, draft), advance: advances || undefined }),
        )
      }
      onClose={onClose}
      width={560}
    >
      <RadioRow
        label="Question"
        value={field}
        onChange={setField}
        choices={QualificationField.options.map((value) => ({ value, label: fieldLabels[value] }))}
      />
      <RadioRow
        label="Is it met?"
        value={draft.verdict}
        onChange={(verdict) => change({ verdict })}
        choices={[
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ]}
      />
      {isLong === true ? (
        <TextArea
          label={label}
          rows={2}
          value={draft.detail}
          onChange={(event) => change({ detail: event.target.value })}
        />
      ) : (
        <TextField
          label={label}
          hint={hint}
          maxLength={MAX_DETAIL_LENGTH}
          value={draft.detail}
          onChange={(event) => change({ detail: event.target.value })}
        />
      )}
      {field === 'budget' && (
        <TextField
          label="At least, in dollars (optional)"
          inputMode="decimal"
          value={draft.minimum}
          onChange={(event) => change({ minimum: event.target.value })}
        />
      )}
      {field === 'authority' && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={draft.needsApproval}
            onChange={(event) => change({ needsApproval: event.target.checked })}
            className="accent-(--accent)"
          />
          Somebody else must approve
        </label>
      )}
      {field === 'timeline' && (
        <RadioRow
          label="Urgency"
          value={draft.urgency}
          onChange={(urgency) => change({ urgency })}
          choices={[
            { value: 'open', label: 'Not known' },
            { value: 'low', label: 'Low' },
            { value: 'medium', label: 'Medium' },
            { value: 'high', label: 'High' },
          ]}
        />
      )}
      <div className="grid gap-4 two:grid-cols-2">
        <RadioRow
          label="How it is known"
          value={draft.certainty}
          onChange={(certainty) => change({ certainty })}
          choices={[
            { value: 'fact', label: <span className="certainty-fact">Fact</span> },
            { value: 'hypothesis', label: <span className="certainty-hypothesis">Hypothesis</span> },
          ]}
        />
        <TextField
          label={`Confidence, ${draft.confidence.toFixed(2)}`}
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={draft.confidence}
          onChange={(event) => change({ confidence: Number(event.target.value) })}
          className="border-0! bg-transparent! px-0! accent-(--accent)"
        />
      </div>
      <EvidenceField value={draft.evidence} onChange={(evidence) => change({ evidence })} />
      {conversation.stage === 'qualification' && (
        <label className="flex items-center gap-2 text-ink-2">
          <input
            type="checkbox"
            checked={advances}
            onChange={(event) => setAdvances(event.target.checked)}
            className="accent-(--accent)"
          />
          Move to Qualified once all four are met
        </label>
      )}
    </DialogForm>
  );
}
