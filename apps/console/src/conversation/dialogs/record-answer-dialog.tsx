import { type Evidence, QualificationField } from '@baton/schema';
import { useState } from 'react';
import { parseMoney } from '../../format/number.ts';
import { fieldWords } from '../../format/labels.ts';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { wordsOf } from '../evidence.ts';
import { type AnswerText, answerTextOf, MOST_DETAIL, recordOf } from './answer-draft.ts';
import { ChoiceRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { EvidenceField } from './evidence-field.tsx';
import { useSubmit } from './use-submit.ts';

/** What the detail of an answer is called, and how it is asked for. */
const details: Record<QualificationField, { label: string; hint?: string; isLong?: boolean }> = {
  budget: { label: 'What they can spend', hint: 'For example: 800 to 1,000 a month' },
  authority: { label: 'Their role in the decision', hint: 'For example: head of operations, decides alone' },
  need: { label: 'What hurts, a line each', isLong: true },
  timeline: { label: 'When', hint: 'For example: before the end of the quarter' },
};

export type RecordAnswerProps = { first?: QualificationField; given?: Evidence; onClose: () => void };

/** One of the four answers, with how sure it is and what proves it. */
export function RecordAnswer({ first, given, onClose }: RecordAnswerProps) {
  const { conversation, commands, entries } = useConversation();
  const { qualification } = conversation;
  const { reason, isBusy, submit } = useSubmit(onClose);
  const [field, setField] = useState<QualificationField>(
    first ?? QualificationField.options.find((each) => qualification[each] === null) ?? 'budget',
  );
  const [texts, setTexts] = useState<Partial<Record<QualificationField, AnswerText>>>({});
  const [advances, setAdvances] = useState(conversation.stage === 'qualification');
  const text = texts[field] ?? answerTextOf(qualification, field, given, wordsOf(entries, given));
  const change = (part: Partial<AnswerText>) => setTexts({ ...texts, [field]: { ...text, ...part } });
  const { label, hint, isLong } = details[field];
  const isMoney = text.minimum === '' || parseMoney(text.minimum) !== null;

  return (
    <DialogForm
      title="Record an answer"
      words={`Record ${fieldWords[field].toLowerCase()}`}
      blocked={field === 'budget' && !isMoney ? 'The amount cannot be read' : undefined}
      reason={reason}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() => commands.record({ ...recordOf(field, text), advance: advances || undefined }))
      }
      onClose={onClose}
      width={560}
    >
      <ChoiceRow
        label="Question"
        value={field}
        onChange={setField}
        choices={QualificationField.options.map((value) => ({ value, label: fieldWords[value] }))}
      />
      <ChoiceRow
        label="Is it met?"
        value={text.verdict}
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
          value={text.detail}
          onChange={(event) => change({ detail: event.target.value })}
        />
      ) : (
        <TextField
          label={label}
          hint={hint}
          maxLength={MOST_DETAIL}
          value={text.detail}
          onChange={(event) => change({ detail: event.target.value })}
        />
      )}
      {field === 'budget' && (
        <TextField
          label="At least, in dollars (optional)"
          inputMode="decimal"
          value={text.minimum}
          onChange={(event) => change({ minimum: event.target.value })}
        />
      )}
      {field === 'authority' && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={text.needsApproval}
            onChange={(event) => change({ needsApproval: event.target.checked })}
            className="accent-(--accent)"
          />
          Somebody else must approve
        </label>
      )}
      {field === 'timeline' && (
        <ChoiceRow
          label="Urgency"
          value={text.urgency}
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
        <ChoiceRow
          label="How it is known"
          value={text.certainty}
          onChange={(certainty) => change({ certainty })}
          choices={[
            { value: 'fact', label: <span className="certainty-fact">Fact</span> },
            { value: 'hypothesis', label: <span className="certainty-hypothesis">Hypothesis</span> },
          ]}
        />
        <TextField
          label={`Confidence, ${text.confidence.toFixed(2)}`}
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={text.confidence}
          onChange={(event) => change({ confidence: Number(event.target.value) })}
          className="border-0! bg-transparent! px-0! accent-(--accent)"
        />
      </div>
      <EvidenceField value={text.evidence} onChange={(evidence) => change({ evidence })} />
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
