import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { keyGroups, keyMap } from './key-map.ts';

export default function Help({ onClose }: { onClose: () => void }) {
  const keys = Object.values(keyMap);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="All keys" width={720}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- on a phone it scrolls, by keys too */}
      <div tabIndex={0} role="group" aria-label="Keys" className="grid gap-x-8 gap-y-5 two:grid-cols-2">
        {keyGroups.map((group) => (
          <section
            key={group}
            className={group === 'Conversation' ? 'two:col-start-2 two:row-span-2 two:row-start-1' : ''}
          >
            <h3 className="mb-1 text-meta text-ink-3">{group}</h3>
            <dl>
              {keys
                .filter((each) => each.group === group)
                .map((each) => (
                  <div
                    key={each.keys}
                    className="flex h-8 items-center justify-between border-b border-line last:border-b-0"
                  >
                    <dt>{each.label}</dt>
                    <dd>
                      <Kbd keys={each.keys} />
                      <span className="sr-only">{each.keys}</span>
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
