import { isClosed } from '@baton/domain';
import { Link } from '@tanstack/react-router';
import {
  AlarmClock,
  Archive,
  ArrowLeft,
  ArrowRightLeft,
  Ban,
  ChevronDown,
  Hand,
  Link as LinkIcon,
  MoreHorizontal,
  PanelRight,
  Pause,
  Play,
  RotateCcw,
} from 'lucide-react';
import { exactTime } from '../format/time.ts';
import { channelLabels, statusLabels } from '../format/labels.ts';
import { keyMap } from '../keys/key-map.ts';
import { useActsForOthers, useMay, useMe } from '../session/session-context.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { ContactName } from '../ui/contact-name.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { StageBar } from '../ui/stage-bar.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useConversation } from './conversation-context.ts';
import { useTakeOver } from './use-take-over.ts';
import { useInboxParams } from '../inbox/use-inbox-params.ts';

function StatusMenu() {
  const { conversation, commands, runCommand, openDialog } = useConversation();
  const mayWork = useMay('messages.append');
  const closed = isClosed(conversation);
  const isPaused = conversation.status === 'paused' || conversation.status === 'scheduled';
  return (
    <Menu align="end" trigger={<IconButton label="More" icon={<MoreHorizontal size={16} />} />}>
      {isPaused && mayWork && (
        <MenuItem icon={<Play size={16} />} onSelect={() => void runCommand('Resuming', commands.resume)}>
          Resume
        </MenuItem>
      )}
      {conversation.status === 'active' && mayWork && (
        <MenuItem
          icon={<Pause size={16} />}
          onSelect={() => void runCommand('Pausing', () => commands.pause())}
        >
          Pause
        </MenuItem>
      )}
      {conversation.status === 'active' && mayWork && (
        <MenuItem icon={<AlarmClock size={16} />} onSelect={() => openDialog({ name: 'pause' })}>
          Pause until …
        </MenuItem>
      )}
      {closed && mayWork && (
        <MenuItem
          icon={<RotateCcw size={16} />}
          onSelect={() => void runCommand('Reopening', commands.reopen)}
        >
          Reopen
        </MenuItem>
      )}
      <MenuItem
        icon={<LinkIcon size={16} />}
        onSelect={() => void navigator.clipboard?.writeText(location.href)}
      >
        Copy link
      </MenuItem>
      {!closed && mayWork && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<Archive size={16} />}
            keys={keyMap.close.keys}
            onSelect={() => openDialog({ name: 'close' })}
          >
            Close …
          </MenuItem>
          <MenuItem
            icon={<Ban size={16} />}
            onSelect={() => void runCommand('Abandoning', () => commands.abandon())}
          >
            Abandon
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

export function ConversationHeader({ onShowDetails }: { onShowDetails: () => void }) {
  const { conversation, openDialog } = useConversation();
  const takeOver = useTakeOver();
  const me = useMe();
  const search = useInboxParams();
  const { channel, status, stage, owner, pendingHandoff, pausedUntil } = conversation;
  const closed = isClosed(conversation);
  const mayWork = useMay('messages.append');
  const actsForOthers = useActsForOthers();
  const isMine = owner.agentId === me.id;
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4 max-two:pl-1">
      <Link
        to="/inbox"
        search={{ ...search, at: undefined }}
        aria-label="Back to the list"
        className="grid size-9 shrink-0 place-items-center rounded-base text-ink-2 two:hidden"
      >
        <ArrowLeft size={16} aria-hidden />
      </Link>
      <h2 className="flex min-w-0 items-center gap-2">
        <KindIcon kind="customer" className="text-ink-3" />
        <ContactName of={conversation} className="text-title" />
      </h2>
      <span className="hidden shrink-0 text-ink-3 @min-[600px]:inline">{channelLabels[channel]}</span>
      {pausedUntil !== undefined ? (
        <Badge>Paused until {exactTime(pausedUntil)}</Badge>
      ) : (
        status !== 'active' && <Badge>{statusLabels[status]}</Badge>
      )}
      <div className="ml-auto flex items-center gap-0.5">
        {mayWork ? (
          <Tooltip label="Move stage" keys={keyMap.stage.keys}>
            <button
              type="button"
              onClick={() => openDialog({ name: 'stage' })}
              aria-keyshortcuts={keyMap.stage.keys.toUpperCase()}
              className="flex h-7 items-center gap-1 rounded-base px-2 text-ink-2 hover:bg-hover hover:text-ink"
            >
              <span className="sr-only">Stage: </span>
              <StageBar stage={stage} className="[&>span:last-child]:@max-[479px]:sr-only" />
              <ChevronDown size={14} aria-hidden className="text-ink-3" />
            </button>
          </Tooltip>
        ) : (
          <StageBar stage={stage} className="px-2" />
        )}
        {!closed && mayWork && (
          <>
            {pendingHandoff?.to !== me.id && (isMine || actsForOthers) && (
              <IconButton
                label="Hand over"
                keys={keyMap.handOver.keys}
                icon={<ArrowRightLeft size={16} />}
                onClick={() => openDialog({ name: 'handOver' })}
              />
            )}
            {!isMine && (
              <IconButton
                label="Take over"
                keys={keyMap.takeOver.keys}
                icon={<Hand size={16} />}
                onClick={takeOver}
                className="max-two:hidden"
              />
            )}
          </>
        )}
        <StatusMenu />
        <IconButton
          label="Details"
          icon={<PanelRight size={16} />}
          onClick={onShowDetails}
          className="three:hidden"
        />
      </div>
    </div>
  );
}
