import { Link } from '@tanstack/react-router';
import { useMe } from '../session/session-context.ts';
import { useWorkload } from '../live/use-workload.ts';
import { formatCount } from '../format/labels.ts';
import { classNames } from '../ui/class-names.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { type NavItem, navItems } from './nav-items.ts';

type NavCount = { count: number; label: string };

/** Waiting customers, and handoffs and follow-ups of this person. */
function useNavCounts(): Partial<Record<NavItem['to'], NavCount>> {
  const me = useMe();
  const workload = useWorkload();
  if (workload === undefined) return {};
  const customers = workload.reduce((sum, { waitingCustomers }) => sum + waitingCustomers, 0);
  const mine = workload.find(({ agent }) => agent.id === me.id);
  const work = (mine?.pendingHandoffs ?? 0) + (mine?.followUpsDue ?? 0);
  return {
    '/inbox': { count: customers, label: `${formatCount(customers, 'customer')} waiting for an answer` },
    '/work': { count: work, label: `${formatCount(work, 'thing')} waiting for you` },
  };
}

function CountBadge({ counts, className }: { counts: NavCount | undefined; className: string }) {
  if (counts === undefined || counts.count === 0) return null;
  return (
    <span className={classNames('tabular-nums', className)}>
      <span aria-hidden>{counts.count > 99 ? '99+' : counts.count}</span>
      <span className="sr-only">, {counts.label}</span>
    </span>
  );
}

/** Icons only on narrow screens. */
export function SideNavigation() {
  const counts = useNavCounts();
  return (
    <nav
      aria-label="Places"
      className="hidden h-full w-(--rail) shrink-0 flex-col border-r border-line px-2 pb-2 two:flex"
    >
      <div className="flex h-11 items-center gap-2 px-2">
        <svg viewBox="0 0 24 24" className="size-5 shrink-0" aria-hidden>
          <path d="M5 19 19 5" className="stroke-accent" strokeWidth="4.5" strokeLinecap="round" />
          <path d="M5 19l5-5" className="stroke-ink" strokeWidth="4.5" strokeLinecap="round" />
        </svg>
        <span className="font-semibold max-three:sr-only">Baton</span>
      </div>
      <ul className="flex flex-col gap-px">
        {navItems.map(({ to, name, icon: Icon, keys }) => (
          <li key={to}>
            <Tooltip label={name} keys={keys} side="right">
              <Link
                to={to}
                className="relative flex h-8 items-center gap-2.5 rounded-base px-2 text-ink-2 hover:bg-hover data-[status=active]:bg-hover data-[status=active]:text-ink max-three:h-11 max-three:flex-col max-three:justify-center max-three:gap-0"
              >
                <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />
                <span className="max-three:sr-only">{name}</span>
                <CountBadge counts={counts[to]} className="ml-auto text-meta text-waiting max-three:ml-0" />
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The navigation of phones. */
export function BottomNavigation() {
  const counts = useNavCounts();
  return (
    <nav
      aria-label="Places"
      className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] two:hidden"
    >
      {navItems.map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          className="relative flex h-13 flex-1 flex-col items-center justify-center gap-0.5 text-meta text-ink-2 data-[status=active]:text-accent"
        >
          <Icon size={20} strokeWidth={1.75} aria-hidden />
          {name}
          <CountBadge
            counts={counts[to]}
            className="absolute top-1 left-1/2 ml-2 rounded-full bg-waiting-soft px-1 text-meta text-waiting"
          />
        </Link>
      ))}
    </nav>
  );
}
