import type { Conversation, QualificationField } from '@baton/schema';
import { Check, CircleDashed, Pencil, Plus, X } from 'lucide-react';
import { formatMoney } from '../../format/number.ts';
import { fieldLabels } from '../../format/labels.ts';
import { keyMap } from '../../keys/key-map.ts';
import { AgentLabel } from '../../agents/agent-label.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ConfidenceMeter } from '../../ui/confidence.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Time } from '../../ui/time.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { EntryLink } from '../brief-view.tsx';
import { useConversation } from '../conversation-context.ts';
import { ForWorkers } from '../../session/for-workers.tsx';

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const satisfies readonly QualificationField[];

/** One line; null where only the verdict is known. */
export function formatAnswer(
  qualification: Conversation['qualification'],
  field: QualificationField,
): string | null {
  const { budget, authority, need, timeline } = qualification;
  const parts = {
    budget: [
      budget?.value,
      budget?.minimumCents === undefined ? undefined : `at least ${formatMoney(budget.minimumCents)}`,
    ],
    authority: [authority?.role, authority?.needsApproval === true ? 'needs approval' : undefined],
    need: [...(need?.painPoints ?? []), need?.useCase],
    timeline: [
      timeline?.timeframe,
      timeline?.urgency === undefined ? undefined : `${timeline.urgency} urgency`,
    ],
  };
  const text = parts[field].filter((part) => part !== undefined);
  return text.length === 0 ? null : text.join(', ');
}

function Verdict({ isMet }: { isMet: boolean }) {
  return isMet ? (
    <span className="inline-flex items-center gap-1 text-accent">
      <Check size={16} aria-hidden /> Yes
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-ink-2">
      <X size={16} aria-hidden /> No
    </span>
  );
}

function Answer({ field }: { field: QualificationField }) {
  const { conversation, openDialog, jumpTo } = useConversation();
  const answer = conversation.qualification[field];
  const edit = () => openDialog({ name: 'qualification', field });
  if (answer === null) {
    return (
      <div className="flex h-7 items-center gap-2">
        <CircleDashed size={16} aria-hidden className="text-ink-3" />
        <span className="text-ink-2">{fieldLabels[field]}</span>
        <span className="text-ink-3">not answered</span>
        <ForWorkers>
          <IconButton
            label={`Record ${fieldLabels[field].toLowerCase()}`}
            icon={<Plus size={16} />}
            onClick={edit}
            className="-mr-1.5 ml-auto"
          />
        </ForWorkers>
      </div>
    );
  }
  const text = formatAnswer(conversation.qualification, field);
  const [proof, ...furtherProofs] = answer.evidence;
  const underline = answer.certainty === 'fact' ? 'certainty-fact' : 'certainty-hypothesis';
  return (
    <div className="pt-1 pb-2">
      <div className="flex h-6 items-center gap-2">
        <span className="text-ink-2">{fieldLabels[field]}</span>
        <Verdict isMet={answer.verdict} />
        <span className="ml-auto text-meta text-ink-2">
          <ConfidenceMeter value={answer.confidence} />
        </span>
        <ForWorkers>
          <IconButton
            label={`Change ${fieldLabels[field].toLowerCase()}`}
            icon={<Pencil size={14} />}
            onClick={edit}
            className="-mr-1.5"
          />
        </ForWorkers>
      </div>
      <p>
        {text === null ? (
          <span className="text-ink-3">Its detail is still missing</span>
        ) : proof === undefined ? (
          <span className={underline}>{text}</span>
        ) : (
          <Tooltip label="Show the words that prove it" side="left">
            <button
              type="button"
              onClick={() => jumpTo(proof.seq, proof)}
              className={classNames('rounded-[3px] text-left hover:text-accent', underline)}
            >
              {text}
            </button>
          </Tooltip>
        )}
        <span className="sr-only"> ({answer.certainty})</span>{' '}
        {(text === null ? answer.evidence : furtherProofs).map((each) => (
          <EntryLink key={`${each.seq}-${each.start ?? 0}`} seq={each.seq} quote={each} />
        ))}
      </p>
      <p className="flex items-center gap-1.5 text-meta text-ink-3">
        <AgentLabel agentId={answer.by} isKindShown={false} className="[&>span]:font-normal" />
        <Time at={answer.at} />
      </p>
    </div>
  );
}

/** Facts are underlined solid, hypotheses dashed. */
export function QualificationSection() {
  const { conversation, openDialog } = useConversation();
  const { qualification, isQualified } = conversation;
  const answered = FIELDS.filter((field) => qualification[field] !== null).length;
  const score =
    qualification.score === null ? `${answered} of 4` : `${Math.round(qualification.score)} of 100`;
  const summary = isQualified === null ? score : `${isQualified ? 'Qualified' : 'Not qualified'}, ${score}`;
  return (
    <CollapsibleSection
      name="qualification"
      title="Qualification"
      summary={summary}
      actions={
        <ForWorkers>
          <IconButton
            label="Record an answer"
            keys={keyMap.qualification.keys}
            icon={<Plus size={16} />}
            onClick={() => openDialog({ name: 'qualification' })}
          />
        </ForWorkers>
      }
    >
      <ul className="divide-y divide-line">
        {FIELDS.map((field) => (
          <li key={field}>
            <Answer field={field} />
          </li>
        ))}
      </ul>
    </CollapsibleSection>
  );
}
