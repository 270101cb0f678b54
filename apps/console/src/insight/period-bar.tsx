import { Channel } from '@baton/schema';
import { channelLabels } from '../format/labels.ts';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type Days, DEFAULT_RANGE, type InsightParams, PERIODS, periodName, type Range } from './period.ts';

const ANY = 'any';

const RANGES: readonly { value: Range; label: string }[] = [
  ...PERIODS.map(({ range, label }) => ({ value: range, label })),
  { value: 'custom', label: 'From … to …' },
];

export type PeriodBarProps = {
  params: InsightParams;
  /** The days that the range means today. */
  days: Days;
  onChange: (params: InsightParams) => void;
};

export function PeriodBar({ params, days, onChange }: PeriodBarProps) {
  const range = params.range ?? DEFAULT_RANGE;

  function chooseRange(next: Range): void {
    const { channel } = params;
    if (next !== 'custom') onChange({ channel, range: next });
    // A custom range starts as the one shown before.
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
            onChange={(event) => onChange({ ...params, from: event.target.value || undefined })}
            className="w-36"
          />
          <TextField
            label="Last day"
            isLabelHidden
            type="date"
            value={days.last ?? ''}
            min={days.first ?? undefined}
            onChange={(event) => onChange({ ...params, to: event.target.value || undefined })}
            className="w-36"
          />
        </>
      )}
      <Select
        label="Channel"
        value={params.channel ?? ANY}
        choices={[
          { value: ANY, label: 'Every channel' },
          ...Channel.options.map((channel) => ({ value: channel, label: channelLabels[channel] })),
        ]}
        onChange={(value) => onChange({ ...params, channel: Channel.safeParse(value).data })}
        className="w-40"
      />
      <p className="text-ink-3 max-two:w-full">{periodName(days)}</p>
    </div>
  );
}
