import { isolate } from '../format/isolate.ts';
import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { longDayName } from '../format/time.ts';
import { channelLabels, stageLabels, statusLabels } from '../format/labels.ts';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedInline } from '../lazy/load-failed.tsx';
import { useMe } from '../session/session-context.ts';
import { classNames } from '../ui/class-names.ts';
import { FilterButton, OrderButton } from './filter-buttons.tsx';
import { dueLabels, waitsLabel } from './filter-labels.ts';
import type { FilterMenu, FilterMenusProps } from './filter-menus.tsx';
import type { InboxParams } from './inbox-params.ts';

type InboxView = { name: string; params: InboxParams };

function isSame(a: InboxParams, b: InboxParams): boolean {
  const parts = ({ at: _at, ...rest }: InboxParams) =>
    JSON.stringify(Object.entries(rest).toSorted(([one], [other]) => one.localeCompare(other)));
  return parts(a) === parts(b);
}

function useChips(params: InboxParams): { name: keyof InboxParams; label: string }[] {
  const agents = useAgents();
  const me = useMe();
  const chips: { name: keyof InboxParams; label: string }[] = [];
  if (params.status !== undefined) {
    chips.push({
      name: 'status',
      label: params.status === 'any' ? 'Any status' : statusLabels[params.status],
    });
  }
  if (params.stage !== undefined) chips.push({ name: 'stage', label: stageLabels[params.stage] });
  if (params.agent !== undefined) {
    chips.push({ name: 'agent', label: params.agent === me.id ? 'Mine' : agents.nameOf(params.agent) });
  }
  if (params.channel !== undefined) chips.push({ name: 'channel', label: channelLabels[params.channel] });
  if (params.tag !== undefined) chips.push({ name: 'tag', label: `Tag ${isolate(params.tag)}` });
  if (params.waits !== undefined) chips.push({ name: 'waits', label: waitsLabel(params.waits) });
  if (params.due !== undefined) chips.push({ name: 'due', label: `Follow-up ${dueLabels[params.due]}` });
  if (params.contact !== undefined) chips.push({ name: 'contact', label: isolate(params.contact) });
  if (params.since !== undefined) chips.push({ name: 'since', label: `Since ${longDayName(params.since)}` });
  return chips;
}

type ClosedMenusProps = { isFiltered: boolean; onOpen: (menu: FilterMenu) => void };

function ClosedMenus({ isFiltered, onOpen }: ClosedMenusProps) {
  return (
    <>
      <FilterButton isFiltered={isFiltered} aria-haspopup="menu" onClick={() => onOpen('filter')} />
      <OrderButton aria-haspopup="menu" onClick={() => onOpen('order')} />
    </>
  );
}

const FilterMenus = lazyComponent(() => import('./filter-menus.tsx'), {
  loading: ({ isFiltered }: FilterMenusProps) => (
    <ClosedMenus isFiltered={isFiltered} onOpen={() => undefined} />
  ),
  failed: failedInline,
});

export type FilterBarProps = {
  params: InboxParams;
  /** The tags of the listed conversations, read when one is chosen. */
  tagsInUse: () => readonly string[];
};

export function FilterBar({ params, tagsInUse }: FilterBarProps) {
  const navigate = useNavigate();
  const me = useMe();
  const views: InboxView[] = [
    { name: 'Active', params: {} },
    { name: 'Mine', params: { agent: me.id } },
    { name: 'Waiting', params: { sort: 'waiting' } },
    { name: 'All', params: { status: 'any' } },
  ];
  const isView = views.some((view) => isSame(view.params, params));
  const chips = useChips(params);
  const isFiltered = chips.length > 0 && !isView;
  // The menus are loaded when the first of them opens.
  const [menu, setMenu] = useState<FilterMenu | null>(null);

  function change(part: InboxParams): void {
    const next = Object.fromEntries(
      Object.entries({ ...params, ...part, at: undefined }).filter(([, value]) => value !== undefined),
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
              search={view.params}
              aria-current={isSame(view.params, params) ? 'true' : undefined}
              className={classNames(
                'flex h-7 items-center rounded-base px-2',
                isSame(view.params, params) ? 'bg-hover text-ink' : 'text-ink-2 hover:bg-hover',
              )}
            >
              {view.name}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex">
          {menu === null ? (
            <ClosedMenus isFiltered={isFiltered} onOpen={setMenu} />
          ) : (
            <FilterMenus
              params={params}
              isFiltered={isFiltered}
              openMenu={menu}
              tagsInUse={tagsInUse}
              onChange={change}
            />
          )}
        </div>
      </div>
      {isFiltered && (
        <ul aria-label="Filters" className="flex flex-wrap gap-1 px-3 pb-2">
          {chips.map(({ name, label }) => (
            <li
              key={name}
              className="flex h-6 items-center rounded-base border border-line-strong pl-2 text-meta text-ink-2"
            >
              {label}
              <button
                type="button"
                aria-label={`Remove filter ${label}`}
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
