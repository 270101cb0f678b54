import { type Retention, RETENTION_DAYS_LIMIT } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { formatCount } from '../format/labels.ts';
import { pastLimitWords } from '../privacy/count-words.ts';
import { useMay } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Time } from '../ui/time.tsx';
import { RetentionProgress } from './retention-progress.tsx';
import { Setting, SettingSection } from './setting.tsx';
import { useRetention } from './use-retention.ts';
import { ActorName } from './actor-name.tsx';

const ABOUT =
  'Closed conversations without an open follow-up that have not changed for so many days are erased, and contacts of whom nothing else is left. It is off until somebody turns it on.';

const WRONG_DAYS = `A whole number from 1 to ${RETENTION_DAYS_LIMIT.toLocaleString('en')}`;

/** @returns null for what is no number of days */
function daysOf(text: string): number | null {
  const days = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return days >= 1 && days <= RETENTION_DAYS_LIMIT ? days : null;
}

export function RetentionSettings() {
  const { retention, save } = useRetention();
  const { data, error } = retention;
  return (
    <SettingSection title="Retention" about={ABOUT}>
      {error !== null && <Notice message={errorMessage(error)} className="mb-3" />}
      {data === undefined ? (
        error === null && <SkeletonLines lines={6} />
      ) : (
        <Limit key={data.days} retention={data} save={save} />
      )}
    </SettingSection>
  );
}

type LimitProps = { retention: Retention; save: ReturnType<typeof useRetention>['save'] };

function Limit({ retention, save }: LimitProps) {
  const { days, changedAt, changedBy } = retention;
  const mayChange = useMay('privacy.setRetention');
  const [typed, setTyped] = useState<string | null>(null);
  const [asked, setAsked] = useState<number | null>(null);
  const text = typed ?? (days === null ? '' : String(days));
  const wanted = daysOf(text);
  const isEditing = days !== null || typed !== null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (wanted === null || wanted === days) return;
    save.reset();
    setAsked(wanted);
  }

  return (
    <>
      {!isEditing && (
        <EmptyState
          icon={<Archive size={20} strokeWidth={1.5} />}
          title="Everything is kept, for as long as you do not erase it."
          action={mayChange && <Button onClick={() => setTyped('365')}>Erase what is old</Button>}
        />
      )}
      {isEditing && (
        <Setting name="Erase after" note={days === null ? 'Off until it is saved' : 'On'}>
          <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
            <div className="w-52">
              <TextField
                label="Days without a change"
                inputMode="numeric"
                autoComplete="off"
                value={text}
                disabled={!mayChange}
                error={wanted === null ? WRONG_DAYS : undefined}
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
            {mayChange && (
              <div className="flex flex-wrap gap-2 two:pt-5.5">
                <Button
                  variant="primary"
                  type="submit"
                  disabled={wanted === null || wanted === days || save.isPending}
                >
                  Show what it erases
                </Button>
                {typed !== null && <Button onClick={() => setTyped(null)}>Discard changes</Button>}
                {days !== null && typed === null && (
                  <Button disabled={save.isPending} onClick={() => save.mutate(null)}>
                    Keep everything again
                  </Button>
                )}
              </div>
            )}
          </form>
          {save.error !== null && asked === null && (
            <Notice message={`Not saved. ${errorMessage(save.error)}`} className="mt-2" />
          )}
        </Setting>
      )}
      {days !== null && <RetentionProgress retention={retention} />}
      {changedAt !== null && changedBy !== null && (
        <Setting name="Changed last">
          <ActorName actor={changedBy} />, <Time at={changedAt} />
        </Setting>
      )}
      {asked !== null && (
        <PreviewDialog
          days={asked}
          error={save.error}
          isBusy={save.isPending}
          onSave={() => save.mutate(asked, { onSuccess: () => setAsked(null) })}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

type PreviewDialogProps = {
  days: number;
  error: unknown;
  isBusy: boolean;
  onSave: () => void;
  onClose: () => void;
};

/** Nobody saves a limit without seeing what it erases. */
function PreviewDialog({ days, error, isBusy, onSave, onClose }: PreviewDialogProps) {
  const trpc = useTRPC();
  const preview = useQuery({ ...trpc.privacy.previewRetention.queryOptions({ days }), staleTime: 0 });
  const isNothing = preview.data?.conversations === 0 && preview.data.contacts === 0;
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Erase after ${formatCount(days, 'day')}?`}
      description="Servers begin within seconds, and go on with what becomes older. What is erased cannot be brought back."
    >
      <div role="status">
        {preview.data === undefined && preview.error === null && <SkeletonLines lines={2} />}
        {preview.data !== undefined && (
          <p>
            {isNothing ? (
              'Nothing is that old now.'
            ) : (
              <>
                Now it erases <b className="font-semibold">{pastLimitWords(preview.data)}</b>
              </>
            )}{' '}
            <span className="text-ink-3">
              Not changed since <Time at={preview.data.before} />.
            </span>
          </p>
        )}
      </div>
      {preview.error !== null && (
        <Notice
          message={`What would be erased could not be counted. ${errorMessage(preview.error)}`}
          action={<Button onClick={() => void preview.refetch()}>Try again</Button>}
        />
      )}
      {error != null && <Notice message={`Not saved. ${errorMessage(error)}`} className="mt-3" />}
      <DialogActions>
        <Button onClick={onClose}>Back</Button>
        <Button variant="danger" disabled={preview.data === undefined || isBusy} onClick={onSave}>
          Erase after {formatCount(days, 'day')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
