import { Tabs } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedInline } from '../lazy/load-failed.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { ChartProps, LabelledChartProps } from './chart-data.ts';

export type FigureProps = {
  title: string;
  /** Undefined while loading. */
  sentence: string | undefined;
  /** Without a chart only the table is shown. */
  chart?: ChartProps;
  table: ReactNode;
  /** Explains the fills. */
  note?: ReactNode;
};

const VIEWS = ['Chart', 'Table'] as const;

function ChartShape({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3 py-2">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-4" />
      ))}
    </div>
  );
}

const BarChart = lazyComponent(() => import('./bar-chart.tsx'), {
  loading: ({ bars }: LabelledChartProps) => <ChartShape rows={bars.length} />,
  failed: failedInline,
});

/** A sentence with its chart and table as tabs. */
export function Figure({ title, sentence, chart, table, note }: FigureProps) {
  const id = useId();
  const isRead = sentence !== undefined;
  // Without bars the sentence stands alone.
  const isEmpty = isRead && chart?.bars.length === 0;
  return (
    <section aria-labelledby={id} className="min-w-0 border-t border-line py-5">
      <Tabs.Root defaultValue={chart === undefined ? 'Table' : 'Chart'}>
        <div className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h2 id={id} className="text-ink-2">
              {title}
            </h2>
            {isRead ? (
              <p className="mt-0.5 max-w-[62ch] text-title text-pretty">{sentence}</p>
            ) : (
              <Skeleton className="mt-2 h-4 w-80 max-w-full" />
            )}
          </div>
          {chart !== undefined && !isEmpty && (
            <Tabs.List aria-label={`Show ${title} as`} className="inline-flex shrink-0 items-center gap-px">
              {VIEWS.map((view) => (
                <Tabs.Trigger
                  key={view}
                  value={view}
                  className="h-6 rounded-[4px] px-2 text-meta text-ink-3 hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink"
                >
                  {view}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
          )}
        </div>
        {chart !== undefined && !isEmpty && (
          <Tabs.Content value="Chart" tabIndex={-1} className="mt-4">
            {isRead ? <BarChart {...chart} label={sentence} /> : <ChartShape rows={5} />}
            {note !== undefined && <p className="mt-2 text-meta text-ink-3">{note}</p>}
          </Tabs.Content>
        )}
        {!isEmpty && (
          <Tabs.Content value="Table" tabIndex={-1} className="mt-4">
            {isRead ? table : <ChartShape rows={5} />}
          </Tabs.Content>
        )}
      </Tabs.Root>
    </section>
  );
}
