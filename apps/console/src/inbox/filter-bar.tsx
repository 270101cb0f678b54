import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { dayName } from '../format/time.ts';
import { channelWords, stageWords, statusWords } from '../format/labels.ts';
import { useMe } from '../session/session-context.ts';
import { classNames } from '../ui/class-names.ts';
import { FilterButton, OrderButton } from './filter-buttons.tsx';
import { dueWords, waitsWords } from './filter-labels.ts';
import type { FilterMenu } from './filter-menus.tsx';
import type { InboxSearch } from './inbox-params.ts';

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
  if (search.waits !== undefined) chips.push({ name: 'waits', words: waitsWords(search.waits) });
  if (search.due !== undefined) chips.push({ name: 'due', words: `Follow-up ${dueWords[search.due]}` });
  if (search.contact !== undefined) chips.push({ name: 'contact', words: search.contact });
  if (search.since !== undefined) chips.push({ name: 'since', words: `Since ${dayName(search.since)}` });
  return chips;
}

const FilterMenus = lazy(() => import('./filter-menus.tsx'));

type ClosedMenusProps = { isFiltered: boolean; onOpen: (menu: FilterMenu) => void };

function ClosedMenus({ isFiltered, onOpen }: ClosedMenusProps) {
  return (
    <>
      <FilterButton isFiltered={isFiltered} aria-haspopup="menu" onClick={() => onOpen('filter')} />
      <OrderButton aria-haspopup="menu" onClick={() => onOpen('order')} />
    </>
  );
}

export type FilterBarProps = {
  search: InboxSearch;
  /** The tags of what is listed, asked for when one is to be chosen. */
  tagsInUse: () => readonly string[];
};

/** The views, the filters and the order; all of it is in the address. */
export function FilterBar({ search, tagsInUse }: FilterBarProps) {
  const navigate = useNavigate();
  const me = useMe();
  const views: View[] = [
    { name: 'All', search: {} },
    { name: 'Mine', search: { agent: me.id } },
    { name: 'Waiting', search: { sort: 'waiting' } },
  ];
  const isView = views.some((view) => isSame(view.search, search));
  const chips = useChips(search);
  const isFiltered = chips.length > 0 && !isView;
  // The menus are fetched when the first of them is opened.
  const [menu, setMenu] = useState<FilterMenu | null>(null);

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
          <Suspense fallback={<ClosedMenus isFiltered={isFiltered} onOpen={setMenu} />}>
            {menu === null ? (
              <ClosedMenus isFiltered={isFiltered} onOpen={setMenu} />
            ) : (
              <FilterMenus
                search={search}
                isFiltered={isFiltered}
                first={menu}
                tagsInUse={tagsInUse}
                onChange={change}
              />
            )}
          </Suspense>
        </div>
      </div>
      {isFiltered && (
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
