import { Channel, ConversationStatus, SalesStage } from '@baton/schema';
import { useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { duration } from '../format/time.ts';
import { channelWords, stageWords, statusWords } from '../format/labels.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator, SubMenu } from '../ui/menu.tsx';
import { FilterButton, OrderButton } from './filter-buttons.tsx';
import { dueWords } from './filter-labels.ts';
import { defaultStatus } from './inbox-filter.ts';
import type { InboxSearch } from './inbox-params.ts';
import { TagPicker } from './tag-picker.tsx';

/** Waits to choose from, in minutes. */
const WAITS = [5, 15, 60, 240, 1_440];
const DUE = ['overdue', 'today', 'week'] as const;

export type FilterMenu = 'filter' | 'order';

export type FilterMenusProps = {
  search: InboxSearch;
  isFiltered: boolean;
  /** The one that was opened first. */
  first: FilterMenu;
  tagsInUse: () => readonly string[];
  onChange: (part: InboxSearch) => void;
};

/** What the list shows, and in what order. */
export default function FilterMenus({ search, isFiltered, first, tagsInUse, onChange }: FilterMenusProps) {
  const agents = useAgents();
  const [isTagAsked, setTagAsked] = useState(false);
  const isActive = (search.status ?? defaultStatus(search)) === 'active';
  const isAny = (search.status ?? defaultStatus(search) ?? 'any') === 'any';
  return (
    <>
      <Menu align="end" defaultOpen={first === 'filter'} trigger={<FilterButton isFiltered={isFiltered} />}>
        <SubMenu label="Status">
          <MenuItem
            isChosen={isActive}
            onSelect={() => onChange({ status: search.due === undefined ? undefined : 'active' })}
          >
            Active
          </MenuItem>
          {ConversationStatus.options
            .filter((status) => status !== 'active')
            .map((status) => (
              <MenuItem
                key={status}
                isChosen={search.status === status}
                onSelect={() => onChange({ status })}
              >
                {statusWords[status]}
              </MenuItem>
            ))}
          <MenuItem isChosen={isAny} onSelect={() => onChange({ status: 'any' })}>
            Any status
          </MenuItem>
        </SubMenu>
        <SubMenu label="Stage">
          {SalesStage.options.map((stage) => (
            <MenuItem
              key={stage}
              isChosen={search.stage === stage}
              onSelect={() => onChange({ stage: search.stage === stage ? undefined : stage })}
            >
              {stageWords[stage]}
            </MenuItem>
          ))}
        </SubMenu>
        <SubMenu label="Owner">
          {agents.all
            .filter(({ kind }) => kind !== 'queue')
            .map(({ id, name, kind }) => (
              <MenuItem
                key={id}
                icon={<KindIcon kind={kind} className="text-ink-3" />}
                isChosen={search.agent === id}
                onSelect={() => onChange({ agent: search.agent === id ? undefined : id })}
              >
                {name}
              </MenuItem>
            ))}
        </SubMenu>
        <SubMenu label="Channel">
          {Channel.options.map((channel) => (
            <MenuItem
              key={channel}
              isChosen={search.channel === channel}
              onSelect={() => onChange({ channel: search.channel === channel ? undefined : channel })}
            >
              {channelWords[channel]}
            </MenuItem>
          ))}
        </SubMenu>
        <MenuItem onSelect={() => setTagAsked(true)}>Tag …</MenuItem>
        <MenuSeparator />
        <SubMenu label="Waits longer than">
          {WAITS.map((minutes) => (
            <MenuItem
              key={minutes}
              isChosen={search.waits === minutes}
              onSelect={() => onChange({ waits: search.waits === minutes ? undefined : minutes })}
            >
              {duration(minutes * 60_000)}
            </MenuItem>
          ))}
        </SubMenu>
        <SubMenu label="Follow-up">
          {DUE.map((due) => (
            <MenuItem
              key={due}
              isChosen={search.due === due}
              onSelect={() => onChange({ due: search.due === due ? undefined : due })}
            >
              <span className="block first-letter:uppercase">{dueWords[due]}</span>
            </MenuItem>
          ))}
        </SubMenu>
      </Menu>
      <Menu align="end" defaultOpen={first === 'order'} trigger={<OrderButton />}>
        <MenuLabel>Order</MenuLabel>
        <MenuItem isChosen={search.sort !== 'waiting'} onSelect={() => onChange({ sort: undefined })}>
          Newest change first
        </MenuItem>
        <MenuItem isChosen={search.sort === 'waiting'} onSelect={() => onChange({ sort: 'waiting' })}>
          Longest waiting first
        </MenuItem>
      </Menu>
      {isTagAsked && (
        <TagPicker
          first={search.tag ?? ''}
          tagsInUse={tagsInUse()}
          onPick={(tag) => onChange({ tag })}
          onClose={() => setTagAsked(false)}
        />
      )}
    </>
  );
}
