import { Channel } from '@baton/schema';
import { channelWords } from '../format/labels.ts';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type Days, DEFAULT_RANGE, type InsightSearch, PERIODS, periodName, type Range } from './period.ts';

const ANY = 'any';

const RANGES: readonly { value: Range; label: string }[] = [
  ...PERIODS.map(({ range, label }) => ({ value: range, label })),
  { value: 'custom', label: 'From … to …' },
];

export type PeriodBarProps = {
  search: InsightSearch;
  /** The days that the search means today. */
  days: Days;
  onChange: (search: InsightSearch) => void;
};

/** Which days, which channel. */
export function PeriodBar({ search, days, onChange }: PeriodBarProps) {
  const range = search.range ?? DEFAULT_RANGE;

  function chooseRange(next: Range): void {
    const { channel } = search;
    if (next !== 'custom') onChange({ channel, range: next === DEFAULT_RANGE ? undefined : next });
    // A custom range begins as the one that was shown.
    else onChange({ channel, range: next, from: days.first ?? undefined, to: days.last ?? undefined });
  }

  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 two:px-6">
      <Select label="Period" value={range} choices={RANGES} onChange={chooseRange} className="w-36" />
      {range === 'custom' && (
        <>
          <TextField
            label="First day"
            isLabelHidden
            type="date"
            value={days.first ?? ''}
            max={days.last ?? undefined}
            onChange={(event) => onChange({ ...search, from: event.target.value || undefined })}
            className="w-36"
          />
          <TextField
            label="Last day"
            isLabelHidden
            type="date"
            value={days.last ?? ''}
            min={days.first ?? undefined}
            onChange={(event) => onChange({ ...search, to: event.target.value || undefined })}
            className="w-36"
          />
        </>
      )}
      <Select
        label="Channel"
        value={search.channel ?? ANY}
        choices={[
          { value: ANY, label: 'Every channel' },
          ...Channel.options.map((channel) => ({ value: channel, label: channelWords[channel] })),
        ]}
        onChange={(value) => onChange({ ...search, channel: Channel.safeParse(value).data })}
        className="w-40"
      />
      <p className="text-ink-3 max-two:w-full">{periodName(days)}</p>
    </div>
  );
}
