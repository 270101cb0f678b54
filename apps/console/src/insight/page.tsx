import { MetricsFigure, ObjectionType, timestamp } from '@baton/schema';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { z } from 'zod';
import { errorMessage } from '../format/error-message.ts';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { AgentsFigure } from './agents-figure.tsx';
import { DrilldownDialog } from './drilldown-dialog.tsx';
import { CostFigure } from './cost-figure.tsx';
import { FunnelFigure } from './funnel-figure.tsx';
import { ObjectionsDialog } from './objections-dialog.tsx';
import { ObjectionsFigure } from './objections-figure.tsx';
import { Overview } from './overview.tsx';
import { daysOf, DEFAULT_RANGE, InsightParams, longerRange, metricsInput, type Range } from './period.ts';
import { PeriodBar } from './period-bar.tsx';
import { ResponseFigure } from './response-figure.tsx';
import { TimeInStageFigure } from './time-in-stage-figure.tsx';
import { useInsightMetrics } from './use-insight-metrics.ts';

const PageParams = InsightParams.extend({
  /** The objection type whose drawer is open. */
  objection: ObjectionType.optional().catch(undefined),
  /** The figure whose drilldown is open. */
  behind: MetricsFigure.optional().catch(undefined),
});
type PageParams = z.infer<typeof PageParams>;

export default function InsightPage() {
  const navigate = useNavigate();
  const { objection, behind, ...asked } = PageParams.parse(useSearch({ strict: false }));
  // Where the address names no period, the page opens on the first in which something happened.
  const [openingRange, setOpeningRange] = useState<Range>(DEFAULT_RANGE);
  const range = asked.range ?? (openingRange === DEFAULT_RANGE ? undefined : openingRange);
  const params = { ...asked, ...(range !== undefined && { range }) };
  const [now] = useState(() => timestamp(Date.now()));
  const paramsKey = JSON.stringify(params);
  // Keeps one object for equal params, because tables and charts are memoized on it.
  const { input, days } = useMemo(() => {
    const viewer = { now, timeZone: VIEWER_TIME_ZONE };
    const parsed = InsightParams.parse(JSON.parse(paramsKey));
    return { input: metricsInput(parsed, viewer), days: daysOf(parsed, viewer) };
  }, [paramsKey, now]);

  const {
    overview,
    funnel,
    timeInStage,
    responseTimes,
    objections,
    agents,
    error,
    isStale,
    isOverviewStale,
    retry,
  } = useInsightMetrics(input);

  const change = useCallback(
    (next: PageParams, options: { replace?: boolean } = {}) =>
      void navigate({ to: '/insight', search: next, ...options }),
    [navigate],
  );
  const openObjections = useCallback(
    (type: ObjectionType) => change({ ...InsightParams.parse(JSON.parse(paramsKey)), objection: type }),
    [change, paramsKey],
  );
  const close = () => change(asked);

  const isNothing = overview?.conversations === 0 && overview.messages === 0;
  const isEmpty = isNothing && !isOverviewStale;
  const longer = isEmpty && asked.range === undefined ? longerRange(openingRange) : null;
  if (longer !== null) setOpeningRange(longer);
  const isEverything = params.range === 'all' && params.channel === undefined;

  return (
    <div className={isStale ? 'quick opacity-60' : 'quick'}>
      <PeriodBar params={params} days={days} onChange={change} />
      {error != null && (
        <Notice
          message={errorMessage(error)}
          className="m-4 items-center! two:mx-6"
          action={<Button onClick={retry}>Read again</Button>}
        />
      )}
      {isEmpty ? (
        <EmptyState
          title={isEverything ? 'Nothing has happened yet.' : 'Nothing happened in this period.'}
          action={
            isEverything ? undefined : <Button onClick={() => change({ range: 'all' })}>Show all time</Button>
          }
        >
          Conversations, answers, deals and what they cost will be counted here.
        </EmptyState>
      ) : (
        <>
          <Overview overview={isNothing ? undefined : overview} times={responseTimes} />
          <div className="px-4 pb-8 two:px-6">
            <div className="-mt-px grid gap-x-12 three:grid-cols-2">
              <FunnelFigure funnel={funnel} input={input} />
              <TimeInStageFigure metrics={timeInStage} />
              <ResponseFigure times={responseTimes} />
              <ObjectionsFigure stats={objections} onOpen={openObjections} />
            </div>
            <AgentsFigure metrics={agents} />
            <CostFigure overview={overview} metrics={agents} />
          </div>
        </>
      )}
      {objection !== undefined && <ObjectionsDialog type={objection} input={input} onClose={close} />}
      {behind !== undefined && <DrilldownDialog figure={behind} input={input} onClose={close} />}
    </div>
  );
}
