import { nextStages } from '@baton/domain';
import { type AgentId, type Brief, HandoffTrigger, type SalesStage } from '@baton/schema';
import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import { useState } from 'react';
import { useAgents } from '../../agents/use-agents.ts';
import { missingWord, stageWords, triggerWords } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { AgentSelect } from './agent-select.tsx';
import { ChoiceRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { factOf, linesOf } from './parse-lines.ts';
import { useSubmit } from './use-submit.ts';

type BriefText = { goal: string; done: string; open: string; facts: string; nextStep: string };
const NO_BRIEF: BriefText = { goal: '', done: '', open: '', facts: '', nextStep: '' };

function briefOf(text: BriefText): Brief | undefined {
  if (Object.values(text).every((part) => part.trim() === '')) return undefined;
  return {
    goal: text.goal.trim(),
    done: linesOf(text.done),
    open: linesOf(text.open),
    facts: linesOf(text.facts).map(factOf),
    nextStep: text.nextStep.trim(),
  };
}

const STAY = 'stay';

/** At once, or by asking; with why, and what the next owner must know. */
export function HandOver({ onClose }: { onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const agents = useAgents();
  const { reason: refusal, isBusy, submit } = useSubmit(onClose);
  const others = agents.all.filter(({ id }) => id !== conversation.owner.agentId);
  const [to, setTo] = useState<AgentId | null>(null);
  const [way, setWay] = useState<'transfer' | 'request'>();
  const [reason, setReason] = useState('');
  const [trigger, setTrigger] = useState<HandoffTrigger>('manual');
  const [stage, setStage] = useState<SalesStage | typeof STAY>(STAY);
  const [expiry, setExpiry] = useState<'none' | '15' | '60'>('none');
  const [text, setText] = useState(NO_BRIEF);

  const kind = to === null ? undefined : agents.kindOf(to);
  // A person or a queue is asked; an AI takes it at once.
  const how = kind === 'queue' ? 'request' : (way ?? (kind === 'ai' ? 'transfer' : 'request'));
  const brief = briefOf(text);
  const isBriefWhole = brief === undefined || (brief.goal !== '' && brief.nextStep !== '');
  const blocked =
    conversation.pendingHandoff !== null
      ? `${agents.nameOf(conversation.pendingHandoff.to)} was asked already`
      : to === null
        ? 'Choose who gets it'
        : reason.trim() === ''
          ? 'Say why'
          : isBriefWhole
            ? undefined
            : 'A brief needs a goal and a next step';

  function send(): void {
    if (to === null) return;
    const given = {
      from: conversation.owner.agentId,
      to,
      reason: reason.trim(),
      trigger,
      confidence: 1,
      brief,
      stage: stage === STAY ? undefined : stage,
    };
    const expiresAt =
      expiry === 'none' ? undefined : new Date(Date.now() + Number(expiry) * 60_000).toISOString();
    submit(() => (how === 'transfer' ? commands.transfer(given) : commands.request({ ...given, expiresAt })));
  }

  return (
    <DialogForm
      title="Hand over"
      description={`${agents.nameOf(conversation.owner.agentId)} holds this conversation now.`}
      words={how === 'transfer' ? 'Hand over' : 'Ask'}
      blocked={blocked}
      reason={refusal}
      isBusy={isBusy}
      onSubmit={send}
      onClose={onClose}
      width={560}
    >
      <AgentSelect label="To" agents={others} value={to} onChange={setTo} />
      {kind !== 'queue' && (
        <ChoiceRow
          label="How"
          value={how}
          onChange={setWay}
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
          choices={HandoffTrigger.options.map((value) => ({ value, label: triggerWords[value] }))}
          onChange={setTrigger}
        />
        <Select
          label="Stage"
          isLabelShown
          value={stage}
          choices={[
            { value: STAY, label: `Stays ${stageWords[conversation.stage]}` },
            ...nextStages(conversation).map((next) => {
              const missing = next.blockers.flatMap((blocker) => blocker.missing).map(missingWord);
              return {
                value: next.stage,
                label: stageWords[next.stage],
                note: missing.length === 0 ? undefined : `Needs: ${missing.join(', ')}`,
              };
            }),
          ]}
          onChange={setStage}
        />
      </div>
      {how === 'request' && (
        <ChoiceRow
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
            value={text.goal}
            maxLength={500}
            onChange={(event) => setText({ ...text, goal: event.target.value })}
          />
          <TextArea
            label="Done, a line each"
            rows={2}
            value={text.done}
            onChange={(event) => setText({ ...text, done: event.target.value })}
          />
          <TextArea
            label="Open, a line each"
            rows={2}
            value={text.open}
            onChange={(event) => setText({ ...text, open: event.target.value })}
          />
          <TextArea
            label="Facts, a line each"
            rows={2}
            value={text.facts}
            hint="#12 at the end of a line points at the entry that proves it."
            onChange={(event) => setText({ ...text, facts: event.target.value })}
          />
          <TextField
            label="Next step"
            value={text.nextStep}
            maxLength={500}
            onChange={(event) => setText({ ...text, nextStep: event.target.value })}
          />
        </Collapsible.Content>
      </Collapsible.Root>
    </DialogForm>
  );
}
