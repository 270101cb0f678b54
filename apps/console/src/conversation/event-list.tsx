import {
  ArrowRightLeft,
  CalendarClock,
  ChevronRight,
  CircleDot,
  CircleHelp,
  ClipboardCheck,
  Eraser,
  Flag,
  HandCoins,
  MessageSquareWarning,
  Milestone,
  Pencil,
  Send,
  Tag,
  ThumbsUp,
  UserRound,
} from 'lucide-react';
import { Collapsible } from 'radix-ui';
import { useAgents } from '../agents/use-agents.ts';
import { formatCount } from '../format/labels.ts';
import { Time } from '../ui/time.tsx';
import { formatEvent } from './format-event.ts';
import { BriefView } from './brief-view.tsx';
import { type EventEntry, type EventsItem, isFoldable } from './timeline-model.ts';

const icons: Record<EventEntry['kind'], typeof Flag> = {
  created: Flag,
  handoff: ArrowRightLeft,
  stage: Milestone,
  qualification: ClipboardCheck,
  objection: MessageSquareWarning,
  follow_up: CalendarClock,
  deal: HandCoins,
  status: CircleDot,
  details: Tag,
  redaction: Eraser,
  revision: Pencil,
  delivery: Send,
  rating: ThumbsUp,
  erasure: Eraser,
  contact: UserRound,
  unknown: CircleHelp,
};

function EventLine({ entry }: { entry: EventEntry }) {
  const agents = useAgents();
  const Icon = icons[entry.kind];
  const brief = entry.kind === 'handoff' && entry.action === 'requested' ? entry.handoff.brief : null;
  return (
    <li id={`entry-${entry.seq}`} className="scroll-mt-16">
      <div className="flex max-w-[552px] items-start gap-2 py-0.5 text-ink-3">
        <Icon size={16} strokeWidth={1.5} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">
          <span className="mr-1">{formatEvent(entry, agents.nameOf)}</span>{' '}
          <Time at={entry.at} form="short" className="text-meta whitespace-nowrap" />
        </span>
      </div>
      {brief !== null && (
        <div className="mt-1 mb-2 ml-6">
          <BriefView brief={brief} />
        </div>
      )}
    </li>
  );
}

/** A run of events folds into one line. */
export function EventList({ item }: { item: EventsItem }) {
  const lines = item.entries.map((entry) => <EventLine key={entry.seq} entry={entry} />);
  if (!isFoldable(item)) {
    return (
      <li className="py-1 pr-4">
        <ul>{lines}</ul>
      </li>
    );
  }
  return (
    <li className="py-1 pr-4">
      <Collapsible.Root>
        <Collapsible.Trigger className="group flex h-6 items-center gap-2 rounded-[4px] text-ink-3 hover:text-ink-2">
          <ChevronRight size={16} aria-hidden className="quick group-data-[state=open]:rotate-90" />
          {formatCount(item.entries.length, 'event')}
        </Collapsible.Trigger>
        <Collapsible.Content asChild>
          <ul>{lines}</ul>
        </Collapsible.Content>
      </Collapsible.Root>
    </li>
  );
}
