import type { MetricsFigure } from '@baton/schema';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';

/** The search params with a drilldown added; `behind` is its name in the address. */
export const withDrilldown = (drilldown: MetricsFigure) => (current: Record<string, unknown>) => ({
  ...current,
  behind: drilldown,
});

export const figureLinkClasses =
  'rounded-[4px] underline decoration-line-strong underline-offset-3 hover:decoration-ink';

/** A figure that opens its drilldown; zero has none. */
export function FigureLink({
  drilldown,
  isZero,
  children,
}: {
  drilldown: MetricsFigure;
  isZero: boolean;
  children: ReactNode;
}) {
  if (isZero) return <>{children}</>;
  return (
    <Link to="/insight" search={withDrilldown(drilldown)} resetScroll={false} className={figureLinkClasses}>
      {children}
      <span className="sr-only">, open the conversations</span>
    </Link>
  );
}

export function useOpenDrilldown(): (drilldown: MetricsFigure) => void {
  const navigate = useNavigate();
  return useCallback(
    (drilldown) => void navigate({ to: '/insight', search: withDrilldown(drilldown), resetScroll: false }),
    [navigate],
  );
}
