import { type BusinessHours, TimeZone } from '@baton/schema';
import { Clock, Plus, X } from 'lucide-react';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { useMayManage } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { DraftSection, UnreadSection } from './draft-section.tsx';
import {
  type DayHours,
  errorOf,
  hoursOf,
  nextInterval,
  usualWeek,
  weekOf,
  withDay,
} from './opening-hours.ts';
import { FieldError } from '../ui/field-error.tsx';
import { Notice } from '../ui/notice.tsx';
import { SettingSection } from './setting.tsx';
import { TimeRange } from './time-range.tsx';
import { useTenantDraft } from './use-tenant-draft.ts';

const SECTION = {
  title: 'Business hours',
  about: 'A follow-up that falls outside these hours moves to the next opening.',
};

type Draft = { timeZone: string; week: readonly DayHours[] };

const draftOf = (hours: BusinessHours): Draft => ({ timeZone: hours.timeZone, week: weekOf(hours) });

export function BusinessHoursSettings() {
  const mayManage = useMayManage();
  const { tenant, draft, setDraft, save } = useTenantDraft<Draft>();
  if (tenant.data === undefined) return <UnreadSection {...SECTION} error={tenant.error} lines={7} />;
  const saved = tenant.data.businessHours;
  const shown = draft ?? (saved === null ? null : draftOf(saved));
  if (shown === null) {
    return (
      <SettingSection {...SECTION}>
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
    <DraftSection
      {...SECTION}
      legend="Hours of the week"
      isChanged={draft !== null}
      save={save}
      onSave={hours && (() => save.mutate({ businessHours: hours }))}
      onDiscard={() => setDraft(null)}
      action={
        saved !== null &&
        draft === null && (
          <Button
            variant="danger"
            onClick={() => save.mutate({ businessHours: null })}
            disabled={save.isPending}
          >
            Turn the hours off
          </Button>
        )
      }
    >
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
    </DraftSection>
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
            <TimeRange
              value={interval}
              labels={[`${name}, opens`, `${name}, closes`]}
              onChange={(change) => set(index, change)}
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
