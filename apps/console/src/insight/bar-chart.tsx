import { useId } from 'react';
import { Bar, BarChart as Chart, Cell, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { chartRows, type ChartRow, type Fill, type LabelledChartProps } from './chart-data.ts';

const ROW_HEIGHT = 32;
const COLUMNS_HEIGHT = 220;
const NAME_WIDTH = 112;
const TICK = { fill: 'var(--ink-2)', fontSize: 12 } as const;

/** Fill patterns that read without colour. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-hatched`}
        width={5}
        height={5}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width={5} height={5} fill="var(--surface)" />
        <rect width={2} height={5} fill="var(--accent)" />
      </pattern>
    </defs>
  );
}

const INVISIBLE = { fill: 'none', stroke: 'none' };

function paint(fill: Fill, id: string) {
  if (fill === 'hatched') return { fill: `url(#${id}-hatched)`, stroke: 'var(--accent)' };
  if (fill === 'outlined') return { fill: 'var(--surface)', stroke: 'var(--accent)' };
  return { fill: 'var(--accent)', stroke: 'var(--accent)' };
}

/** Keeps small values visible; an empty row needs one invisible pixel for its label. */
function leastSize(row: ChartRow | undefined, value: number, isLast: boolean): number {
  if (value > 0) return 2;
  return isLast && row?.values.every((each) => each === 0) === true ? 1 : 0;
}

/** Hidden from screen readers, which get the table. */
export default function BarChart({ label, bars, orientation, onOpen }: LabelledChartProps) {
  const id = useId();
  const { rows, parts } = chartRows(bars);
  const isRows = orientation === 'rows';
  const longest = Math.max(0, ...rows.map((row) => row.label.length));
  const open = (row: ChartRow | undefined) => {
    if (row !== undefined) onOpen?.(row.id);
  };
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={isRows ? rows.length * ROW_HEIGHT + 4 : COLUMNS_HEIGHT}>
        <Chart
          data={rows}
          layout={isRows ? 'vertical' : 'horizontal'}
          accessibilityLayer={false}
          margin={
            isRows
              ? { top: 0, right: longest * 6.6 + 12, bottom: 0, left: 0 }
              : { top: 20, right: 0, bottom: 0, left: 0 }
          }
          barCategoryGap={isRows ? 9 : '18%'}
        >
          <Patterns id={id} />
          {isRows ? (
            <>
              <XAxis type="number" hide domain={[0, 'dataMax']} />
              <YAxis
                type="category"
                dataKey="name"
                width={NAME_WIDTH}
                tick={TICK}
                tickLine={false}
                axisLine={{ stroke: 'var(--line-strong)' }}
                interval={0}
              />
            </>
          ) : (
            <>
              <YAxis type="number" hide domain={[0, 'dataMax']} />
              <XAxis
                type="category"
                dataKey="name"
                tick={TICK}
                tickLine={false}
                axisLine={{ stroke: 'var(--line-strong)' }}
                interval={0}
              />
            </>
          )}
          {Array.from({ length: parts }, (_, part) => (
            <Bar
              key={part}
              dataKey={(row: ChartRow) => row.values[part] ?? 0}
              stackId="all"
              isAnimationActive={false}
              minPointSize={(value, index) => leastSize(rows[index], Number(value), part === parts - 1)}
              className={onOpen === undefined ? undefined : 'cursor-pointer'}
              onClick={(_bar, index) => open(rows[index])}
            >
              {rows.map((row) => (
                <Cell
                  key={row.id}
                  {...(row.values[part] === 0 ? INVISIBLE : paint(row.fills[part] ?? 'solid', id))}
                />
              ))}
              {part === parts - 1 && (
                <LabelList
                  dataKey="label"
                  position={isRows ? 'right' : 'top'}
                  fill="var(--ink)"
                  fontSize={12}
                  offset={isRows ? 8 : 6}
                />
              )}
            </Bar>
          ))}
        </Chart>
      </ResponsiveContainer>
    </div>
  );
}
