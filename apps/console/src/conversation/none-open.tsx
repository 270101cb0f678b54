import { Inbox } from 'lucide-react';
import { keyMap } from '../keys/key-map.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Kbd } from '../ui/kbd.tsx';

/** The room beside the list while nothing is open. */
export default function NoneOpen() {
  return (
    <div className="hidden h-full place-items-center two:grid">
      <EmptyState icon={<Inbox size={20} strokeWidth={1.5} />} title="Open a conversation to read it here.">
        <span className="inline-flex items-center gap-1.5">
          <Kbd keys={keyMap.down.keys} /> <Kbd keys={keyMap.up.keys} /> move <Kbd keys={keyMap.open.keys} />{' '}
          opens
        </span>
      </EmptyState>
    </div>
  );
}
