import { Outlet, useParams } from '@tanstack/react-router';
import { classNames } from '../ui/class-names.ts';
import { toInboxFilter } from './inbox-filter.ts';
import { isEmptyList, isFiltered, ListPane } from './list-pane.tsx';
import { EmptyDetail } from './empty-detail.tsx';
import { useInboxList } from './use-inbox-list.ts';
import { useInboxParams } from './use-inbox-params.ts';

export default function InboxPage() {
  const params = useInboxParams();
  const { conversationId } = useParams({ strict: false });
  const { list, state } = useInboxList(toInboxFilter(params));
  const isOpen = conversationId !== undefined;
  const isFilteredList = isFiltered(params) || params.sort === 'waiting';
  return (
    <div className="flex h-full min-h-0">
      <div
        className={classNames(
          'h-full w-full shrink-0 border-line two:w-(--list) two:border-r',
          isOpen && 'hidden two:block',
        )}
      >
        <ListPane list={list} state={state} />
      </div>
      <div className={classNames('h-full min-w-0 flex-1', !isOpen && 'hidden two:block')}>
        {isOpen ? (
          <Outlet />
        ) : (
          <EmptyDetail list={!isEmptyList(state) ? 'filled' : isFilteredList ? 'filtered empty' : 'empty'} />
        )}
      </div>
    </div>
  );
}
