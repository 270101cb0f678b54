import { Channel, ConversationStatus, SalesStage } from '@baton/schema';
import { useAgents } from '../agents/use-agents.ts';
import { channelWords, stageWords, statusWords } from '../format/words.ts';
import { KindIcon } from '../ui/agent-mark.tsx';
import { Menu, MenuItem, MenuLabel, SubMenu } from '../ui/menu.tsx';
import type { FilterMenu } from './filter-bar.tsx';
import { FilterButton, OrderButton } from './filter-buttons.tsx';
import type { InboxSearch } from './inbox-search.ts';

export type FilterMenusProps = {
  search: InboxSearch;
  isFiltered: boolean;
  /** The one that was opened first. */
  first: FilterMenu;
  onChange: (part: InboxSearch) => void;
};

/** What the list shows, and in what order. */
export default function FilterMenus({ search, isFiltered, first, onChange }: FilterMenusProps) {
  const agents = useAgents();
  return (
    <>
      <Menu align="end" defaultOpen={first === 'filter'} trigger={<FilterButton isFiltered={isFiltered} />}>
        <SubMenu label="Status">
          <MenuItem isChosen={search.status === undefined} onSelect={() => onChange({ status: undefined })}>
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
          <MenuItem isChosen={search.status === 'any'} onSelect={() => onChange({ status: 'any' })}>
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
    </>
  );
}
