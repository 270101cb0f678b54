import type { ReactNode } from 'react';

type SettingSectionProps = { title: string; about: string; actions?: ReactNode; children: ReactNode };

export function SettingSection({ title, about, actions, children }: SettingSectionProps) {
  return (
    <section aria-label={title}>
      <div className="mb-4 flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-title">{title}</h2>
          <p className="mt-0.5 max-w-[68ch] text-pretty text-ink-2">{about}</p>
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

export function Setting({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-2 border-t border-line py-3 two:grid-cols-[200px_minmax(0,1fr)]">
      <div>
        <p>{name}</p>
        {note !== undefined && <p className="text-meta text-ink-3">{note}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
