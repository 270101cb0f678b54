import { Inbox } from 'lucide-react';
import { keyMap } from '../keys/key-map.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Kbd } from '../ui/kbd.tsx';

const icon = <Inbox size={20} strokeWidth={1.5} />;

/** Shown beside the list while no conversation is open. */
export function EmptyDetail({ list }: { list: 'filled' | 'filtered empty' | 'empty' }) {
  return (
    <div className="hidden h-full place-items-center two:grid">
      {list === 'filled' ? (
        <EmptyState icon={icon} title="Open a conversation to read it here.">
          <span className="inline-flex items-center gap-1.5">
            <Kbd keys={keyMap.down.keys} /> <Kbd keys={keyMap.up.keys} /> move <Kbd keys={keyMap.open.keys} />{' '}
            opens
          </span>
        </EmptyState>
      ) : (
        <EmptyState
          icon={icon}
          title="A conversation is read here: what was said, who holds it, and what comes next."
        >
          {list === 'empty' && (
            <>
              Begin one from your app, or run <code className="whitespace-nowrap">baton simulate</code> for
              some to look at.
            </>
          )}
        </EmptyState>
      )}
    </div>
  );
}
