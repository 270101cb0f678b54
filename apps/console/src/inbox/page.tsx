import { Outlet, useParams } from '@tanstack/react-router';
import { classNames } from '../ui/class-names.ts';
import { ListPane } from './list-pane.tsx';

/** The list beside what is open; on a phone one of the two. */
export default function InboxPage() {
  const { conversationId } = useParams({ strict: false });
  const isOpen = conversationId !== undefined;
  return (
    <div className="flex h-full min-h-0">
      <div
        className={classNames(
          'h-full w-full shrink-0 border-line two:w-(--list) two:border-r',
          isOpen && 'hidden two:block',
        )}
      >
        <ListPane />
      </div>
      <div className={classNames('h-full min-w-0 flex-1', !isOpen && 'hidden two:block')}>
        <Outlet />
      </div>
    </div>
  );
}
