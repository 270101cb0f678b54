import { type AgentId, CancelOn, type FollowUp, FollowUpPriority, FollowUpType } from '@baton/schema';
import { useState } from 'react';
import { useAgents } from '../../agents/use-agents.ts';
import { tomorrowMorning } from '../../format/local-time.ts';
import { VIEWER_TIME_ZONE } from '../../format/time.ts';
import { followUpLabels, priorityLabels } from '../../format/labels.ts';
import { useMe } from '../../session/session-context.ts';
import { Select } from '../../ui/select.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { AgentSelect } from './agent-select.tsx';
import { RadioRow } from './radio-row.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { WhenField } from './when-field.tsx';

const cancelOnLabels: Record<CancelOn, string> = {
  customer_reply: 'the customer writes',
  stage_change: 'the stage changes',
  close: 'it is closed',
};

/** The next one is scheduled when one is done or given up. */
const repeats = {
  never: { label: 'Never', value: undefined },
  daily: { label: 'Every day', value: { everyDays: 1 } },
  weekdays: { label: 'Monday to Friday', value: { weekdays: [1, 2, 3, 4, 5] } },
  weekly: { label: 'Every week', value: { everyDays: 7 } },
  fortnightly: { label: 'Every two weeks', value: { everyDays: 14 } },
};
const repeatChoices = (['never', 'daily', 'weekdays', 'weekly', 'fortnightly'] as const).map((value) => ({
  value,
  label: repeats[value].label,
}));

export function ScheduleFollowUpDialog({ onClose }: { onClose: () => void }) {
  const { commands } = useConversation();
  const me = useMe();
  const agents = useAgents();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [type, setType] = useState<FollowUpType>('re_engagement');
  const [localTime, setLocalTime] = useState(() => tomorrowMorning(new Date()));
  const [priority, setPriority] = useState<FollowUpPriority>('medium');
  const [assignee, setAssignee] = useState<AgentId | null>(me.id);
  const [context, setContext] = useState('');
  const [repeat, setRepeat] = useState<keyof typeof repeats>('never');
  const [cancelOn, setCancelOn] = useState<readonly CancelOn[]>(['customer_reply', 'close']);
  return (
    <DialogForm
      title="Schedule a follow-up"
      description="Outside business hours it moves to the next opening."
      submitLabel="Schedule"
      blockedReason={localTime === '' ? 'Say when' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.scheduleFollowUp({
            type,
            dueAt: { localTime, timeZone: VIEWER_TIME_ZONE },
            priority,
            assignee: assignee ?? undefined,
            context: context.trim() === '' ? undefined : context.trim(),
            maxAttempts: 3,
            cancelOn: [...cancelOn],
            repeat: repeats[repeat].value,
          }),
        )
      }
      onClose={onClose}
    >
      <WhenField label="When" localTime={localTime} onChange={setLocalTime} />
      <Select
        label="What for"
        isLabelShown
        value={type}
        choices={FollowUpType.options.map((value) => ({ value, label: followUpLabels[value] }))}
        onChange={setType}
      />
      <div className="grid gap-4 two:grid-cols-2">
        <AgentSelect
          label="Who does it"
          agents={agents.all.filter(({ kind }) => kind !== 'queue')}
          value={assignee}
          onChange={setAssignee}
          nobody="Whoever is free"
        />
        <Select
          label="Priority"
          isLabelShown
          value={priority}
          choices={FollowUpPriority.options.map((value) => ({ value, label: priorityLabels[value] }))}
          onChange={setPriority}
        />
      </div>
      <Select label="Repeat" isLabelShown value={repeat} choices={repeatChoices} onChange={setRepeat} />
      <TextArea
        label="What to know then (optional)"
        rows={2}
        maxLength={2_000}
        value={context}
        onChange={(event) => setContext(event.target.value)}
      />
      <fieldset>
        <legend className="mb-1 text-meta text-ink-2">Not needed any more when</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {CancelOn.options.map((value) => (
            <label key={value} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={cancelOn.includes(value)}
                onChange={(event) =>
                  setCancelOn(
                    event.target.checked ? [...cancelOn, value] : cancelOn.filter((each) => each !== value),
                  )
                }
                className="accent-(--accent)"
              />
              {cancelOnLabels[value]}
            </label>
          ))}
        </div>
      </fieldset>
    </DialogForm>
  );
}

export function SnoozeFollowUpDialog({ followUp, onClose }: { followUp: FollowUp; onClose: () => void }) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [localTime, setLocalTime] = useState(() => tomorrowMorning(new Date()));
  return (
    <DialogForm
      title="Put off the follow-up"
      description={followUpLabels[followUp.type]}
      submitLabel="Put off"
      blockedReason={localTime === '' ? 'Say until when' : undefined}
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.snoozeFollowUp({
            followUpId: followUp.id,
            until: { localTime, timeZone: VIEWER_TIME_ZONE },
          }),
        )
      }
      onClose={onClose}
    >
      <WhenField label="Until" localTime={localTime} onChange={setLocalTime} />
    </DialogForm>
  );
}

export function CancelFollowUpDialog({ followUp, onClose }: { followUp: FollowUp; onClose: () => void }) {
  const { commands } = useConversation();
  const { error, isBusy, submit } = useSubmit(onClose);
  const [why, setWhy] = useState<'done' | 'other'>('done');
  const [text, setText] = useState('');
  return (
    <DialogForm
      title="Cancel the follow-up"
      description={followUpLabels[followUp.type]}
      submitLabel="Cancel it"
      error={error}
      isBusy={isBusy}
      onSubmit={() =>
        submit(() =>
          commands.cancelFollowUp({
            followUpId: followUp.id,
            reason: why === 'done' ? 'Done by hand' : text.trim() || undefined,
          }),
        )
      }
      onClose={onClose}
    >
      <RadioRow
        label="Why"
        value={why}
        onChange={setWhy}
        choices={[
          { value: 'done', label: 'It was done by hand' },
          { value: 'other', label: 'It is not needed' },
        ]}
      />
      {why === 'other' && (
        <TextField
          label="Because (optional)"
          maxLength={500}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </DialogForm>
  );
}
