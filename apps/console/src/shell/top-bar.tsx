import { Link } from '@tanstack/react-router';
import { CircleHelp, Command } from 'lucide-react';
import { isolate } from '../format/isolate.ts';
import { clockTimeWithSeconds, formatDuration } from '../format/time.ts';
import { keyMap } from '../keys/key-map.ts';
import { useFeedState } from '../live/live-provider.tsx';
import { useMe } from '../session/session-context.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useCurrentSecond } from './use-seconds.ts';

function LiveStatus() {
  const { status } = useFeedState();
  return (
    <output className="flex items-center gap-1.5 text-meta text-ink-3">
      <span
        aria-hidden
        className={classNames(
          'size-1.5 rounded-full',
          status === 'live' ? 'bg-accent' : 'border border-waiting bg-transparent',
        )}
      />
      {status === 'live' ? 'Live' : status === 'connecting' ? 'Connecting' : 'Not live'}
    </output>
  );
}

export type TopBarProps = {
  name: string;
  isHiddenOnPhone: boolean;
  onPalette: () => void;
  onHelp: () => void;
};

export function TopBar({ name, isHiddenOnPhone, onPalette, onHelp }: TopBarProps) {
  const me = useMe();
  return (
    <header
      className={classNames(
        'flex h-11 shrink-0 items-center gap-3 border-b border-line px-4',
        isHiddenOnPhone && 'max-two:hidden',
      )}
    >
      <span aria-hidden className="font-semibold">
        {name}
      </span>
      <LiveStatus />
      <div className="ml-auto flex items-center gap-1">
        <button
          type="button"
          onClick={onPalette}
          aria-keyshortcuts="Meta+K Control+K"
          className="flex h-7 items-center gap-2 rounded-base border border-line px-2 text-ink-3 hover:bg-hover hover:text-ink-2 max-two:border-transparent"
        >
          <Command size={16} aria-hidden className="two:hidden" />
          <span className="max-two:sr-only">Do or find anything</span>
          <Kbd keys={keyMap.palette.keys} />
        </button>
        <IconButton
          label="All keys"
          keys={keyMap.help.keys}
          icon={<CircleHelp size={16} />}
          onClick={onHelp}
          className="max-two:hidden"
        />
        <Tooltip label={`You are ${isolate(me.name)} (${me.id})`}>
          <Link
            to="/settings"
            aria-label={`You are ${isolate(me.name)}`}
            className="-mr-1 ml-1 flex h-7 max-w-48 min-w-7 items-center justify-center gap-1.5 rounded-base px-1.5 text-ink-2 hover:bg-hover hover:text-ink"
          >
            <KindIcon kind="human" className="text-accent" />
            <span className="truncate max-two:hidden">{me.name}</span>
          </Link>
        </Tooltip>
      </div>
    </header>
  );
}

/** Shown while the feed is disconnected. */
export function ReconnectBanner() {
  const { status, lastHeardAt } = useFeedState();
  const isBroken = status === 'reconnecting';
  const now = useCurrentSecond(isBroken);
  if (!isBroken) return null;
  return (
    <div role="alert" className="flex h-8 shrink-0 items-center gap-2 bg-waiting-soft px-4 text-waiting">
      <span>Reconnecting{lastHeardAt !== null && `, last change ${clockTimeWithSeconds(lastHeardAt)}`}</span>
      {lastHeardAt !== null && (
        <span aria-hidden className="text-meta">
          {formatDuration(Math.max(1_000, now - lastHeardAt))} ago
        </span>
      )}
      <span className="ml-auto text-meta max-two:hidden">What is missed meanwhile comes in afterwards.</span>
    </div>
  );
}
