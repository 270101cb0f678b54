import { nextStages, stageBlockers } from '@baton/domain';
import { type NextStage, SalesStage } from '@baton/schema';
import { useState } from 'react';
import { requirementLabel, stageLabels } from '../../format/labels.ts';
import { useMayManage } from '../../session/session-context.ts';
import { classNames } from '../../ui/class-names.ts';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useConversation } from '../conversation-context.ts';
import { MissingRequirements } from '../details/stage-section.tsx';
import { DealFields, dealErrors, dealPatchOf, dealDraftOf } from './deal-fields.tsx';
import { DialogForm } from './dialog-form.tsx';
import { useSubmit } from './use-submit.ts';
import { Notice } from '../../ui/notice.tsx';
import { winWarnings } from './win-warnings.ts';

/** Requirements that this dialog asks for, so they do not block the choice. */
const ASKED_IN_DIALOG = new Set(['lossReason', 'monthlyValueCents', 'paymentMethod']);

function isChoosable(next: NextStage): boolean {
  return next.blockers.flatMap(({ missing }) => missing).every((name) => ASKED_IN_DIALOG.has(name));
}

/** Shows what blocks a move before it is tried; managers may force one with a reason. */
export function StageDialog({ initialStage, onClose }: { initialStage?: SalesStage; onClose: () => void }) {
  const { conversation, commands } = useConversation();
  const mayManage = useMayManage();
  const { error, isBusy, submit } = useSubmit(onClose);
  const next = nextStages(conversation);
  const [to, setTo] = useState<SalesStage | null>(initialStage ?? next.find(isChoosable)?.stage ?? null);
  const [reason, setReason] = useState('');
  const [lossReason, setLossReason] = useState('');
  const [deal, setDeal] = useState(() => dealDraftOf(conversation.deal));
  const [isForced, setForced] = useState(false);

  const isWon = to === 'closed_won';
  const isLost = to === 'closed_lost';
  const input = {
    lossReason: isLost && lossReason.trim() !== '' ? lossReason.trim() : undefined,
    deal: isWon ? dealPatchOf(deal) : undefined,
  };
  const blockers = to === null ? [] : stageBlockers(conversation, { to, ...input });
  const missing = blockers.flatMap((blocker) => blocker.missing).map(requirementLabel);
  const stages = isForced ? SalesStage.options.filter((stage) => stage !== conversation.stage) : null;
  const blocked =
    to === null
      ? 'Choose a stage'
      : isWon && Object.keys(dealErrors(deal)).length > 0
        ? 'A number cannot be read'
        : isForced
          ? reason.trim() === ''
            ? 'A forced move needs a reason'
            : undefined
          : missing.length > 0
            ? `Needs: ${missing.join(', ')}`
            : undefined;

  const passed = isForced && missing.length > 0 ? [`It goes on without: ${missing.join(', ')}.`] : [];
  const warnings = isWon ? [...passed, ...winWarnings(conversation)] : [];

  const rowClasses = 'flex min-h-8 items-center gap-2 rounded-base px-2';
  return (
    <DialogForm
      title="Move stage"
      description={`From ${stageLabels[conversation.stage]}.`}
      submitLabel={
        to === null ? 'Move' : `Move to ${stageLabels[to]}${warnings.length === 0 ? '' : ' anyway'}`
      }
      blockedReason={blocked}
      error={error}
      isBusy={isBusy}
      onSubmit={() => {
        if (to === null) return;
        const trimmedReason = reason.trim() === '' ? undefined : reason.trim();
        submit(() =>
          commands.moveStage({ to, reason: trimmedReason, ...input, force: isForced || undefined }),
        );
      }}
      onClose={onClose}
    >
      <fieldset>
        <legend className="sr-only">Next stage</legend>
        {(stages ?? next.map(({ stage }) => stage)).map((stage) => {
          const known = next.find((each) => each.stage === stage);
          const canChoose = isForced || (known !== undefined && isChoosable(known));
          return (
            <div
              key={stage}
              className={classNames(rowClasses, canChoose && 'hover:bg-hover', to === stage && 'bg-selected')}
            >
              <label className={classNames('flex items-center gap-2', !canChoose && 'text-ink-3')}>
                <input
                  type="radio"
                  name="stage"
                  value={stage}
                  checked={to === stage}
                  disabled={!canChoose}
                  onChange={() => setTo(stage)}
                  className="accent-(--accent)"
                />
                {stageLabels[stage]}
              </label>
              {known !== undefined && !isForced && <MissingRequirements next={known} />}
            </div>
          );
        })}
      </fieldset>
      {isLost && (
        <TextField
          label="Why it was lost"
          value={lossReason}
          maxLength={500}
          onChange={(event) => setLossReason(event.target.value)}
        />
      )}
      {warnings.map((warning) => (
        <Notice key={warning} message={warning} />
      ))}
      {isWon && <DealFields draft={deal} onChange={setDeal} />}
      <TextArea
        label={isForced ? 'Why it is forced' : 'Reason (optional)'}
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {mayManage && (
        <label className="flex items-start gap-2 text-ink-2">
          <input
            type="checkbox"
            checked={isForced}
            onChange={(event) => setForced(event.target.checked)}
            className="mt-1 accent-(--accent)"
          />
          <span>
            Force it
            <span className="block text-meta text-ink-3">
              Passes what blocks it; the timeline shows that it was forced.
            </span>
          </span>
        </label>
      )}
    </DialogForm>
  );
}
