import { Channel, ConversationStatus, SalesStage } from '@baton/schema';
import { useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { formatDuration } from '../format/time.ts';
import { channelLabels, stageLabels, statusLabels } from '../format/labels.ts';
import { KindIcon } from '../agents/agent-label.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator, SubMenu } from '../ui/menu.tsx';
import { FilterButton, OrderButton } from './filter-buttons.tsx';
import { dueLabels } from './filter-labels.ts';
import { defaultStatus } from './inbox-filter.ts';
import type { InboxParams } from './inbox-params.ts';
import { TagPicker } from './tag-picker.tsx';

const WAIT_MINUTES = [5, 15, 60, 240, 1_440];
const DUE = ['overdue', 'today', 'week'] as const;

export type FilterMenu = 'filter' | 'order';

export type FilterMenusProps = {
  params: InboxParams;
  isFiltered: boolean;
  /** The menu to open at once. */
  openMenu: FilterMenu;
  tagsInUse: () => readonly string[];
  onChange: (part: InboxParams) => void;
};

export default function FilterMenus({ params, isFiltered, openMenu, tagsInUse, onChange }: FilterMenusProps) {
  const agents = useAgents();
  const [isPickingTag, setPickingTag] = useState(false);
  const isActive = (params.status ?? defaultStatus(params)) === 'active';
  const isAny = (params.status ?? defaultStatus(params) ?? 'any') === 'any';
  return (
    <>
      <Menu
        align="end"
        defaultOpen={openMenu === 'filter'}
        trigger={<FilterButton isFiltered={isFiltered} />}
      >
        <SubMenu label="Status">
          <MenuItem
            isChosen={isActive}
            onSelect={() => onChange({ status: params.due === undefined ? undefined : 'active' })}
          >
            Active
          </MenuItem>
          {ConversationStatus.options
            .filter((status) => status !== 'active')
            .map((status) => (
              <MenuItem
                key={status}
                isChosen={params.status === status}
                onSelect={() => onChange({ status })}
              >
                {statusLabels[status]}
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
              isChosen={params.stage === stage}
              onSelect={() => onChange({ stage: params.stage === stage ? undefined : stage })}
            >
              {stageLabels[stage]}
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
                isChosen={params.agent === id}
                onSelect={() => onChange({ agent: params.agent === id ? undefined : id })}
              >
                {name}
              </MenuItem>
            ))}
        </SubMenu>
        <SubMenu label="Channel">
          {Channel.options.map((channel) => (
            <MenuItem
              key={channel}
              isChosen={params.channel === channel}
              onSelect={() => onChange({ channel: params.channel === channel ? undefined : channel })}
            >
              {channelLabels[channel]}
            </MenuItem>
          ))}
        </SubMenu>
        <MenuItem onSelect={() => setPickingTag(true)}>Tag …</MenuItem>
        <MenuSeparator />
        <SubMenu label="Waits longer than">
          {WAIT_MINUTES.map((minutes) => (
            <MenuItem
              key={minutes}
              isChosen={params.waits === minutes}
              onSelect={() => onChange({ waits: params.waits === minutes ? undefined : minutes })}
            >
              {formatDuration(minutes * 60_000)}
            </MenuItem>
          ))}
        </SubMenu>
        <SubMenu label="Follow-up">
          {DUE.map((due) => (
            <MenuItem
              key={due}
              isChosen={params.due === due}
              onSelect={() => onChange({ due: params.due === due ? undefined : due })}
            >
              <span className="block first-letter:uppercase">{dueLabels[due]}</span>
            </MenuItem>
          ))}
        </SubMenu>
      </Menu>
      <Menu align="end" defaultOpen={openMenu === 'order'} trigger={<OrderButton />}>
        <MenuLabel>Order</MenuLabel>
        <MenuItem isChosen={params.sort !== 'waiting'} onSelect={() => onChange({ sort: undefined })}>
          Newest change first
        </MenuItem>
        <MenuItem isChosen={params.sort === 'waiting'} onSelect={() => onChange({ sort: 'waiting' })}>
          Longest waiting first
        </MenuItem>
      </Menu>
      {isPickingTag && (
        <TagPicker
          initialTag={params.tag ?? ''}
          tagsInUse={tagsInUse()}
          onPick={(tag) => onChange({ tag })}
          onClose={() => setPickingTag(false)}
        />
      )}
    </>
  );
}
