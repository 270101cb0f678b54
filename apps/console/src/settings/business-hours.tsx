import { TimeZone } from '@baton/schema';
import { Clock, Plus, X } from 'lucide-react';
import { errorMessage } from '../format/error-message.ts';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { useMayManage } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type DayHours, errorOf, hoursOf, nextInterval, usualWeek, withDay } from './opening-hours.ts';
import { FieldError } from '../ui/field-error.tsx';
import { Notice } from '../ui/notice.tsx';
import { SettingSection } from './setting.tsx';
import { draftOf, useBusinessHours } from './use-business-hours.ts';

const ABOUT = 'A follow-up that falls outside these hours moves to the next opening.';

export function BusinessHoursSettings() {
  const mayManage = useMayManage();
  const { tenant, draft, setDraft, save } = useBusinessHours();

  if (tenant.data === undefined) {
    return (
      <SettingSection title="Business hours" about={ABOUT}>
        {tenant.error === null ? (
          <SkeletonLines lines={7} />
        ) : (
          <Notice message={errorMessage(tenant.error)} className="mt-2" />
        )}
      </SettingSection>
    );
  }
  const saved = tenant.data.businessHours;
  const shown = draft ?? (saved === null ? null : draftOf(saved));
  if (shown === null) {
    return (
      <SettingSection title="Business hours" about={ABOUT}>
        <EmptyState
          icon={<Clock size={20} strokeWidth={1.5} />}
          title="No hours are set: a follow-up is due at whatever hour it was scheduled for."
          action={
            <Button
              onClick={() => setDraft({ timeZone: VIEWER_TIME_ZONE, week: usualWeek() })}
              disabled={!mayManage}
            >
              Set business hours
            </Button>
          }
        >
          {!mayManage && 'This is for managers.'}
        </EmptyState>
      </SettingSection>
    );
  }
  const hours = hoursOf(shown.week, shown.timeZone);
  const isOpen = shown.week.some(({ intervals }) => intervals.length > 0);
  const isZoneKnown = TimeZone.safeParse(shown.timeZone).success;

  return (
    <SettingSection title="Business hours" about={ABOUT}>
      <fieldset disabled={!mayManage} className="min-w-0">
        <legend className="sr-only">Hours of the week</legend>
        <div className="mb-4 max-w-72">
          <TextField
            label="Time zone"
            value={shown.timeZone}
            list="time-zones"
            spellCheck={false}
            autoComplete="off"
            error={isZoneKnown ? undefined : 'Not a time zone. Type a place like Europe/Berlin'}
            onChange={(event) => setDraft({ ...shown, timeZone: event.target.value })}
          />
          <datalist id="time-zones">
            {Intl.supportedValuesOf('timeZone').map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </datalist>
        </div>
        <ul className="border-t border-line">
          {shown.week.map((row) => (
            <DayRow
              key={row.day}
              row={row}
              onChange={(intervals) => setDraft({ ...shown, week: withDay(shown.week, row.day, intervals) })}
            />
          ))}
        </ul>
        {!isOpen && (
          <Notice message="A week needs an open hour. Turn the hours off to have none." className="mt-2" />
        )}
        {save.error !== null && (
          <Notice message={`Not saved. ${errorMessage(save.error)}`} className="mt-2" />
        )}
        {!mayManage && <p className="mt-3 text-ink-3">Changing them needs the right to manage.</p>}
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            disabled={draft === null || hours === null || save.isPending}
            onClick={() => hours !== null && save.mutate(hours)}
          >
            Save
          </Button>
          {draft !== null && <Button onClick={() => setDraft(null)}>Discard changes</Button>}
          {saved !== null && draft === null && (
            <Button variant="danger" onClick={() => save.mutate(null)} disabled={save.isPending}>
              Turn the hours off
            </Button>
          )}
          {draft === null && save.isSuccess && (
            <span role="status" className="text-ink-3">
              Saved
            </span>
          )}
        </div>
      </fieldset>
    </SettingSection>
  );
}

function DayRow({ row, onChange }: { row: DayHours; onChange: (intervals: DayHours['intervals']) => void }) {
  const { name, intervals } = row;
  const error = errorOf(row);
  const set = (index: number, change: Partial<(typeof intervals)[number]>) =>
    onChange(intervals.map((interval, at) => (at === index ? { ...interval, ...change } : interval)));
  return (
    <li className="grid grid-cols-[96px_minmax(0,1fr)] items-start gap-2 border-b border-line py-1.5">
      <span className="pt-1.5">{name}</span>
      <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1.5">
        {intervals.length === 0 && <span className="py-1.5 text-ink-3">Closed</span>}
        {intervals.map((interval, index) => (
          // An interval has no identity but its index.
          <div key={index} className="flex items-center gap-1.5">
            <TextField
              label={`${name}, opens`}
              isLabelHidden
              type="time"
              value={interval.from}
              onChange={(event) => set(index, { from: event.target.value })}
              className="w-28"
            />
            <span aria-hidden>–</span>
            <TextField
              label={`${name}, closes`}
              isLabelHidden
              type="time"
              value={interval.to}
              onChange={(event) => set(index, { to: event.target.value })}
              className="w-28"
            />
            <IconButton
              label={`Remove ${interval.from} to ${interval.to} on ${name}`}
              icon={<X size={16} />}
              onClick={() => onChange(intervals.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        <IconButton
          label={`Add hours on ${name}`}
          icon={<Plus size={16} />}
          onClick={() => onChange([...intervals, nextInterval(row)])}
        />
        {error !== null && <FieldError className="w-full">{error}</FieldError>}
      </div>
    </li>
  );
}
