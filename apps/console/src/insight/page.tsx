import { MetricsFigure, ObjectionType, timestamp } from '@baton/schema';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { z } from 'zod';
import { useTRPC } from '../baton-provider.tsx';
import { reasonOf } from '../format/error-message.ts';
import { VIEWER_ZONE } from '../format/time.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { AgentsFigure } from './agents-figure.tsx';
import { BehindDialog } from './drilldown-dialog.tsx';
import { CostFigure } from './cost-figure.tsx';
import { FunnelFigure } from './funnel-figure.tsx';
import { ObjectionsDialog } from './objections-dialog.tsx';
import { ObjectionsFigure } from './objections-figure.tsx';
import { Overview } from './overview.tsx';
import { daysOf, InsightSearch, metricsInput } from './period.ts';
import { PeriodBar } from './period-bar.tsx';
import { ResponseFigure } from './response-figure.tsx';
import { TimeInStageFigure } from './time-in-stage-figure.tsx';

const PageSearch = InsightSearch.extend({
  /** Whose objections are open beside the page. */
  objection: ObjectionType.optional().catch(undefined),
  /** The conversations of which figure are. */
  behind: MetricsFigure.optional().catch(undefined),
});
type PageSearch = z.infer<typeof PageSearch>;

const KEPT = { placeholderData: keepPreviousData, staleTime: 60_000 };

/** How the team does, in a period and on a channel. */
export default function InsightPage() {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const { objection, behind, ...search } = PageSearch.parse(useSearch({ strict: false }));
  const [now] = useState(() => timestamp(Date.now()));
  const address = JSON.stringify(search);
  // The same object for as long as the question is the same: tables and charts hang on it.
  const { input, days } = useMemo(() => {
    const viewer = { now, timeZone: VIEWER_ZONE };
    const asked = InsightSearch.parse(JSON.parse(address));
    return { input: metricsInput(asked, viewer), days: daysOf(asked, viewer) };
  }, [address, now]);

  const overview = useQuery(trpc.metrics.overview.queryOptions(input, KEPT));
  const funnel = useQuery(trpc.metrics.funnel.queryOptions(input, KEPT));
  const stays = useQuery(trpc.metrics.timeInStage.queryOptions(input, KEPT));
  const responses = useQuery(trpc.metrics.responseTimes.queryOptions(input, KEPT));
  const objections = useQuery(trpc.metrics.objections.queryOptions(input, KEPT));
  const agents = useQuery(trpc.metrics.agents.queryOptions(input, KEPT));

  const change = useCallback(
    (next: PageSearch, options: { replace?: boolean } = {}) =>
      void navigate({ to: '/insight', search: next, ...options }),
    [navigate],
  );
  const openObjections = useCallback(
    (type: ObjectionType) => change({ ...InsightSearch.parse(JSON.parse(address)), objection: type }),
    [change, address],
  );
  const close = () => change(search);

  const queries = [overview, funnel, stays, responses, objections, agents];
  const error = queries.find((query) => query.error !== null)?.error;
  const isEmpty = overview.data?.conversations === 0 && overview.data.messages === 0;

  return (
    <div className={queries.some((query) => query.isPlaceholderData) ? 'quick opacity-60' : 'quick'}>
      <PeriodBar search={search} days={days} onChange={change} />
      {error != null && (
        <Notice
          words={reasonOf(error)}
          className="m-4 items-center! two:mx-6"
          action={
            <Button onClick={() => queries.forEach((query) => query.error !== null && void query.refetch())}>
              Read again
            </Button>
          }
        />
      )}
      {isEmpty ? (
        <EmptyState
          title="Nothing happened in this period."
          action={<Button onClick={() => change({ range: 'all' })}>Show all time</Button>}
        >
          Conversations, answers, deals and what they cost will be counted here.
        </EmptyState>
      ) : (
        <>
          <Overview overview={overview.data} times={responses.data} />
          <div className="px-4 pb-8 two:px-6">
            <div className="-mt-px grid gap-x-12 three:grid-cols-2">
              <FunnelFigure funnel={funnel.data} input={input} />
              <TimeInStageFigure measures={stays.data} />
              <ResponseFigure times={responses.data} />
              <ObjectionsFigure stats={objections.data} onOpen={openObjections} />
            </div>
            <AgentsFigure measures={agents.data} />
            <CostFigure overview={overview.data} measures={agents.data} />
          </div>
        </>
      )}
      {objection !== undefined && <ObjectionsDialog type={objection} input={input} onClose={close} />}
      {behind !== undefined && <BehindDialog behind={behind} input={input} onClose={close} />}
    </div>
  );
}
