import { Channel, ConversationStatus, SalesStage } from '@baton/schema';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowDownWideNarrow, ListFilter, X } from 'lucide-react';
import { useAgents } from '../agents/use-agents.ts';
import { dayName } from '../format/time.ts';
import { channelWords, stageWords, statusWords } from '../format/words.ts';
import { useMe } from '../session/session-context.ts';
import { KindIcon } from '../ui/agent-mark.tsx';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLabel, SubMenu } from '../ui/menu.tsx';
import type { InboxSearch } from './inbox-search.ts';

type View = { name: string; search: InboxSearch };

function isSame(a: InboxSearch, b: InboxSearch): boolean {
  const parts = ({ at: _at, ...rest }: InboxSearch) =>
    JSON.stringify(Object.entries(rest).toSorted(([one], [other]) => one.localeCompare(other)));
  return parts(a) === parts(b);
}

/** What a filter is called where it stands as a chip. */
function useChips(search: InboxSearch): { name: keyof InboxSearch; words: string }[] {
  const agents = useAgents();
  const me = useMe();
  const chips: { name: keyof InboxSearch; words: string }[] = [];
  if (search.status !== undefined) {
    chips.push({
      name: 'status',
      words: search.status === 'any' ? 'Any status' : statusWords[search.status],
    });
  }
  if (search.stage !== undefined) chips.push({ name: 'stage', words: stageWords[search.stage] });
  if (search.agent !== undefined) {
    chips.push({ name: 'agent', words: search.agent === me.id ? 'Mine' : agents.nameOf(search.agent) });
  }
  if (search.channel !== undefined) chips.push({ name: 'channel', words: channelWords[search.channel] });
  if (search.tag !== undefined) chips.push({ name: 'tag', words: `Tag ${search.tag}` });
  if (search.contact !== undefined) chips.push({ name: 'contact', words: search.contact });
  if (search.since !== undefined) chips.push({ name: 'since', words: `Since ${dayName(search.since)}` });
  return chips;
}

/** The views, the filters and the order; all of it is in the address. */
export function FilterBar({ search }: { search: InboxSearch }) {
  const navigate = useNavigate();
  const agents = useAgents();
  const me = useMe();
  const views: View[] = [
    { name: 'All', search: {} },
    { name: 'Mine', search: { agent: me.id } },
    { name: 'Waiting', search: { sort: 'waiting' } },
  ];
  const isView = views.some((view) => isSame(view.search, search));
  const chips = useChips(search);

  function change(part: InboxSearch): void {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...part, at: undefined }).filter(([, value]) => value !== undefined),
    );
    void navigate({ to: '.', search: next });
  }

  return (
    <div className="shrink-0 border-b border-line">
      <div className="flex h-11 items-center gap-0.5 pr-2 pl-3">
        <nav aria-label="Views" className="flex gap-0.5">
          {views.map((view) => (
            <Link
              key={view.name}
              to="."
              search={view.search}
              aria-current={isSame(view.search, search) ? 'true' : undefined}
              className={classNames(
                'flex h-7 items-center rounded-base px-2',
                isSame(view.search, search) ? 'bg-hover text-ink' : 'text-ink-2 hover:bg-hover',
              )}
            >
              {view.name}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex">
          <Menu
            align="end"
            trigger={
              <IconButton
                label="Filter"
                icon={<ListFilter size={16} />}
                className={chips.length > 0 && !isView ? 'text-accent' : undefined}
              />
            }
          >
            <SubMenu label="Status">
              <MenuItem isChosen={search.status === undefined} onSelect={() => change({ status: undefined })}>
                Active
              </MenuItem>
              {ConversationStatus.options
                .filter((status) => status !== 'active')
                .map((status) => (
                  <MenuItem
                    key={status}
                    isChosen={search.status === status}
                    onSelect={() => change({ status })}
                  >
                    {statusWords[status]}
                  </MenuItem>
                ))}
              <MenuItem isChosen={search.status === 'any'} onSelect={() => change({ status: 'any' })}>
                Any status
              </MenuItem>
            </SubMenu>
            <SubMenu label="Stage">
              {SalesStage.options.map((stage) => (
                <MenuItem
                  key={stage}
                  isChosen={search.stage === stage}
                  onSelect={() => change({ stage: search.stage === stage ? undefined : stage })}
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
                    onSelect={() => change({ agent: search.agent === id ? undefined : id })}
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
                  onSelect={() => change({ channel: search.channel === channel ? undefined : channel })}
                >
                  {channelWords[channel]}
                </MenuItem>
              ))}
            </SubMenu>
          </Menu>
          <Menu align="end" trigger={<IconButton label="Order" icon={<ArrowDownWideNarrow size={16} />} />}>
            <MenuLabel>Order</MenuLabel>
            <MenuItem isChosen={search.sort !== 'waiting'} onSelect={() => change({ sort: undefined })}>
              Newest change first
            </MenuItem>
            <MenuItem isChosen={search.sort === 'waiting'} onSelect={() => change({ sort: 'waiting' })}>
              Longest waiting first
            </MenuItem>
          </Menu>
        </div>
      </div>
      {!isView && chips.length > 0 && (
        <ul aria-label="Filters" className="flex flex-wrap gap-1 px-3 pb-2">
          {chips.map(({ name, words }) => (
            <li
              key={name}
              className="flex h-6 items-center rounded-base border border-line-strong pl-2 text-meta text-ink-2"
            >
              {words}
              <button
                type="button"
                aria-label={`Remove filter ${words}`}
                onClick={() => change({ [name]: undefined })}
                className="ml-0.5 grid size-6 place-items-center rounded-base hover:bg-hover"
              >
                <X size={14} aria-hidden />
              </button>
            </li>
          ))}
          <li>
            <Link
              to="."
              search={{}}
              className="flex h-6 items-center rounded-base px-2 text-meta text-ink-2 hover:bg-hover"
            >
              Clear
            </Link>
          </li>
        </ul>
      )}
    </div>
  );
}
