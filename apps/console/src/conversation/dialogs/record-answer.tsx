import {
  type Certainty,
  type CommandInput,
  type Evidence,
  type MessageEntry,
  type Qualification,
  QualificationField,
} from '@baton/schema';
import { useState } from 'react';
import { parseMoney } from '../../format/number.ts';
import { fieldWords } from '../../format/words.ts';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { ChoiceRow } from './choice-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { linesOf } from './lines.ts';
import { useSubmit } from './use-submit.ts';

type Given = Omit<CommandInput<'qualification.record'>, 'conversationId' | 'by'>;

/** What the detail of an answer is called, and how it is asked for. */
const details: Record<QualificationField, { label: string; hint?: string; isLong?: boolean }> = {
  budget: { label: 'What they can spend', hint: 'For example: 800 to 1,000 a month' },
  authority: { label: 'Their role in the decision', hint: 'For example: head of operations, decides alone' },
  need: { label: 'What hurts, a line each', isLong: true },
  timeline: { label: 'When', hint: 'For example: before the end of the quarter' },
};

function detailOf(qualification: Qualification, field: QualificationField): string {
  if (field === 'need')
    return (qualification.need?.painPoints ?? [qualification.need?.useCase ?? '']).join('\n');
  if (field === 'budget') return qualification.budget?.value ?? '';
  if (field === 'authority') return qualification.authority?.role ?? '';
  return qualification.timeline?.timeframe ?? '';
}

export type AnswerText = {
  verdict: 'yes' | 'no';
  detail: string;
  confidence: number;
  certainty: Certainty;
  evidence: readonly Evidence[];
  /** Beside the detail of each field. */
  minimum: string;
  needsApproval: boolean;
  urgency: 'low' | 'medium' | 'high' | 'open';
};

function answerTextOf(
  qualification: Qualification,
  field: QualificationField,
  seq: number | undefined,
): AnswerText {
  const answer = qualification[field];
  const known = answer?.evidence ?? [];
  const isNew = seq !== undefined && !known.some((each) => each.seq === seq);
  return {
    verdict: answer?.verdict === false ? 'no' : 'yes',
    detail: detailOf(qualification, field),
    confidence: answer?.confidence ?? 0.9,
    certainty: answer?.certainty ?? 'fact',
    evidence: isNew ? [...known, { seq }] : known,
    minimum:
      qualification.budget?.minimumCents === undefined ? '' : String(qualification.budget.minimumCents / 100),
    needsApproval: qualification.authority?.needsApproval ?? false,
    urgency: qualification.timeline?.urgency ?? 'open',
  };
}

/** The command of an answer as typed; a detail that is empty leaves the earlier one as it is. */
export function recordOf(field: QualificationField, text: AnswerText): Given {
  const { detail, confidence, certainty, evidence, minimum, needsApproval, urgency } = text;
  const words = detail.trim() === '' ? undefined : detail.trim();
  const given = { verdict: text.verdict === 'yes', confidence, certainty, evidence: [...evidence] };
  switch (field) {
    case 'budget':
      return { budget: { ...given, value: words, minimumCents: parseMoney(minimum) ?? undefined } };
    case 'authority':
      return { authority: { ...given, role: words, needsApproval } };
    case 'need':
      return { need: { ...given, painPoints: words === undefined ? undefined : linesOf(words) } };
    case 'timeline':
      return { timeline: { ...given, timeframe: words, urgency: urgency === 'open' ? undefined : urgency } };
  }
}

/** The messages that prove the answer: the latest of the customer's, and those that it already names. */
function EvidenceField({
  value,
  onChange,
}: {
  value: readonly Evidence[];
  onChange: (value: Evidence[]) => void;
}) {
  const { entries, conversation } = useConversation();
  const chosen = new Set(value.map(({ seq }) => seq));
  const messages = entries.filter(
    (entry): entry is MessageEntry => entry.kind === 'message' && entry.redactedAt === null,
  );
  const latest = new Set(messages.filter(({ author }) => author.kind === 'customer').slice(-6));
  const offered = messages.filter((message) => chosen.has(message.seq) || latest.has(message));
  if (offered.length === 0) return null;
  return (
    <fieldset>
      <legend className="mb-1 text-meta text-ink-2">What proves it</legend>
      <ul className="max-h-44 overflow-y-auto rounded-base border border-line-strong">
        {offered.map(({ seq, text, author }) => (
          <li key={seq} className="border-b border-line last:border-b-0">
            <label className="flex items-start gap-2 px-2 py-1.5 hover:bg-hover">
              <input
                type="checkbox"
                checked={chosen.has(seq)}
                onChange={(event) =>
                  onChange(
                    event.target.checked ? [...value, { seq }] : value.filter((each) => each.seq !== seq),
                  )
                }
                className="mt-1 accent-(--accent)"
              />
              <span className="line-clamp-2 min-w-0">
                <span className="text-ink-3">
                  #{seq}{' '}
                  {author.kind === 'customer' ? conversation.contactId : (author.agentId ?? author.kind)}
                  :{' '}
                </span>
                {text}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

export type RecordAnswerProps = { first?: QualificationField; seq?: number; onClose: () => void };

/** One of the four answers, with how sure it is and what proves it. */
export function RecordAnswer({ first, seq, onClose }: RecordAnswerProps) {
  const { conversation, commands } = useConversation();
  const { qualification } = conversation;
  const { reason, isBusy, submit } = useSubmit(onClose);
  const [field, setField] = useState<QualificationField>(
    first ?? QualificationField.options.find((each) => qualification[each] === null) ?? 'budget',
  );
  const [texts, setTexts] = useState<Partial<Record<QualificationField, AnswerText>>>({});
  const [advances, setAdvances] = useState(conversation.stage === 'qualification');
  const text = texts[field] ?? answerTextOf(qualification, field, seq);
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
          maxLength={200}
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
