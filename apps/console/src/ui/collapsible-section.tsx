import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import { type ReactNode, useState } from 'react';

export type CollapsibleSectionProps = {
  title: string;
  /** Shown right of the title, open or folded. */
  summary?: ReactNode;
  actions?: ReactNode;
  /** The storage key of its folded state. */
  name: string;
  children: ReactNode;
};

function wasOpen(name: string): boolean {
  try {
    return localStorage.getItem(`baton.panel.${name}`) !== 'folded';
  } catch {
    return true;
  }
}

/** Remembers whether it is folded. */
export function CollapsibleSection({ title, summary, actions, name, children }: CollapsibleSectionProps) {
  const [isOpen, setOpen] = useState(() => wasOpen(name));

  function change(open: boolean): void {
    setOpen(open);
    try {
      localStorage.setItem(`baton.panel.${name}`, open ? 'open' : 'folded');
    } catch {
      // Without storage it opens again next time.
    }
  }

  return (
    <Collapsible.Root asChild open={isOpen} onOpenChange={change}>
      <section aria-label={title} className="border-b border-line last:border-b-0">
        <div className="flex h-10 items-center gap-1 pr-3 pl-2">
          <h3 className="min-w-0 flex-1">
            <Collapsible.Trigger className="group flex h-7 w-full items-center gap-1 rounded-base px-1 text-left">
              <ChevronRight
                size={16}
                className="quick shrink-0 text-ink-3 group-data-[state=open]:rotate-90"
              />
              <span className="text-ink-2">{title}</span>
              <span className="ml-auto truncate pl-2 text-ink-3">{summary}</span>
            </Collapsible.Trigger>
          </h3>
          {actions}
        </div>
        <Collapsible.Content className="px-4 pb-4">{children}</Collapsible.Content>
      </section>
    </Collapsible.Root>
  );
}
