import { nextStages } from '@baton/domain';
import { type AgentId, type Brief, HandoffTrigger, type SalesStage } from '@baton/schema';
import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import { useState } from 'react';
import { useAgents } from '../../agents/use-agents.ts';
import { requirementLabel, stageLabels, triggerLabels } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { AgentSelect } from './agent-select.tsx';
import { RadioRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { parseFact, parseLines } from './parse-lines.ts';
import { useSubmit } from './use-submit.ts';

type BriefDraft = { goal: string; done: string; open: string; facts: string; nextStep: string };
const EMPTY_BRIEF: BriefDraft = { goal: '', done: '', open: '', facts: '', nextStep: '' };

function briefOf(draft: BriefDraft): Brief | undefined {
  if (Object.values(draft).every((part) => part.trim() === '')) return undefined;
  return {
    goal: draft.goal.trim(),
    done: parseLines(draft.done),
    open: parseLines(draft.open),
    facts: parseLines(draft.facts).map(parseFact),
    nextStep: draft.nextStep.trim(),
  };
}

const SAME_STAGE = 'stay';

/** Hands over at once, or by a request that must be accepted. */
export function HandOverDialog({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const agents = useAgents();
  const { error, isBusy, submit } = useSubmit(onClose);
  const others = agents.all.filter(({ id }) => id !== conversation.owner.agentId);
  const [to, setTo] = useState<AgentId | null>(null);
  const [chosenMethod, setChosenMethod] = useState<'transfer' | 'request'>();
  const [reason, setReason] = useState('');
  const [trigger, setTrigger] = useState<HandoffTrigger>('manual');
  const [stage, setStage] = useState<SalesStage | typeof SAME_STAGE>(SAME_STAGE);
  const [expiry, setExpiry] = useState<'none' | '15' | '60'>('none');
  const [draft, setDraft] = useState(EMPTY_BRIEF);

  const kind = to === null ? undefined : agents.kindOf(to);
  // By default people and queues are asked, an AI receives it at once.
  const method = kind === 'queue' ? 'request' : (chosenMethod ?? (kind === 'ai' ? 'transfer' : 'request'));
  const brief = briefOf(draft);
  const isBriefComplete = brief === undefined || (brief.goal !== '' && brief.nextStep !== '');
  const blocked =
    conversation.pendingHandoff !== null
      ? `${agents.nameOf(conversation.pendingHandoff.to)} was asked already`
      : to === null
        ? 'Choose who gets it'
        : reason.trim() === ''
          ? 'Say why'
          : isBriefComplete
            ? undefined
            : 'A brief needs a goal and a next step';

  function send(): void {
    if (to === null) return;
    const input = {
      from: conversation.owner.agentId,
      to,
      reason: reason.trim(),
      trigger,
      confidence: 1,
      brief,
      stage: stage === SAME_STAGE ? undefined : stage,
    };
    const expiresAt =
      expiry === 'none' ? undefined : new Date(Date.now() + Number(expiry) * 60_000).toISOString();
    submit(() =>
      method === 'transfer'
        ? commands.transferOwnership(input)
        : commands.requestHandoff({ ...input, expiresAt }),
    );
  }

  return (
    <DialogForm
      title="Hand over"
      description={`${agents.nameOf(conversation.owner.agentId)} holds this conversation now.`}
      submitLabel={method === 'transfer' ? 'Hand over' : 'Ask'}
      blockedReason={blocked}
      error={error}
      isBusy={isBusy}
      onSubmit={send}
      onClose={onClose}
      width={560}
    >
      <AgentSelect label="To" agents={others} value={to} onChange={setTo} />
      {kind !== 'queue' && (
        <RadioRow
          label="How"
          value={method}
          onChange={setChosenMethod}
          choices={[
            { value: 'transfer', label: 'At once' },
            { value: 'request', label: 'Ask, and wait for yes' },
          ]}
        />
      )}
      <TextArea
        label="Why"
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="grid gap-4 two:grid-cols-2">
        <Select
          label="What brought it about"
          isLabelShown
          value={trigger}
          choices={HandoffTrigger.options.map((value) => ({ value, label: triggerLabels[value] }))}
          onChange={setTrigger}
        />
        <Select
          label="Stage"
          isLabelShown
          value={stage}
          choices={[
            { value: SAME_STAGE, label: `Stays ${stageLabels[conversation.stage]}` },
            ...nextStages(conversation).map((next) => {
              const missing = next.blockers.flatMap((blocker) => blocker.missing).map(requirementLabel);
              return {
                value: next.stage,
                label: stageLabels[next.stage],
                note: missing.length === 0 ? undefined : `Needs: ${missing.join(', ')}`,
              };
            }),
          ]}
          onChange={setStage}
        />
      </div>
      {method === 'request' && (
        <RadioRow
          label="The request runs out"
          value={expiry}
          onChange={setExpiry}
          choices={[
            { value: 'none', label: 'Never' },
            { value: '15', label: 'After 15 min' },
            { value: '60', label: 'After an hour' },
          ]}
        />
      )}
      <Collapsible.Root>
        <Collapsible.Trigger className="group flex h-7 items-center gap-1 rounded-base text-ink-2 hover:text-ink">
          <ChevronRight size={16} aria-hidden className="quick group-data-[state=open]:rotate-90" />
          Brief for the next owner
        </Collapsible.Trigger>
        <Collapsible.Content className="mt-2 flex flex-col gap-3 border-l border-line-strong pl-3">
          <TextField
            label="Goal"
            value={draft.goal}
            maxLength={500}
            onChange={(event) => setDraft({ ...draft, goal: event.target.value })}
          />
          <TextArea
            label="Done, a line each"
            rows={2}
            value={draft.done}
            onChange={(event) => setDraft({ ...draft, done: event.target.value })}
          />
          <TextArea
            label="Open, a line each"
            rows={2}
            value={draft.open}
            onChange={(event) => setDraft({ ...draft, open: event.target.value })}
          />
          <TextArea
            label="Facts, a line each"
            rows={2}
            value={draft.facts}
            hint="#12 at the end of a line points at the entry that proves it."
            onChange={(event) => setDraft({ ...draft, facts: event.target.value })}
          />
          <TextField
            label="Next step"
            value={draft.nextStep}
            maxLength={500}
            onChange={(event) => setDraft({ ...draft, nextStep: event.target.value })}
          />
        </Collapsible.Content>
      </Collapsible.Root>
    </DialogForm>
  );
}
