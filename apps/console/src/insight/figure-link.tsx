import type { MetricsFigure } from '@baton/schema';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';

/** The place Insight as it is, with the conversations behind a figure beside it. */
export const beside = (behind: MetricsFigure) => (current: Record<string, unknown>) => ({
  ...current,
  behind,
});

/** How a figure looks that leads somewhere. */
export const figureLook =
  'rounded-[4px] underline decoration-line-strong underline-offset-3 hover:decoration-ink';

/** A figure that opens the conversations behind it. One of nothing leads nowhere. */
export function FigureLink({
  behind,
  isNothing,
  children,
}: {
  behind: MetricsFigure;
  isNothing: boolean;
  children: ReactNode;
}) {
  if (isNothing) return <>{children}</>;
  return (
    <Link to="/insight" search={beside(behind)} resetScroll={false} className={figureLook}>
      {children}
      <span className="sr-only">, open the conversations</span>
    </Link>
  );
}

/** Opens the conversations behind a figure. */
export function useOpenBehind(): (behind: MetricsFigure) => void {
  const navigate = useNavigate();
  return useCallback(
    (behind) => void navigate({ to: '/insight', search: beside(behind), resetScroll: false }),
    [navigate],
  );
}
