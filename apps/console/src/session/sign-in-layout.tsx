import type { ReactNode } from 'react';

export function SignInLayout({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-12">
      <div className="w-full max-w-90">
        <svg viewBox="0 0 24 24" className="mb-5 size-7" aria-hidden>
          <path d="M5 19 19 5" className="stroke-accent" strokeWidth="4.5" strokeLinecap="round" />
          <path d="M5 19l5-5" className="stroke-ink" strokeWidth="4.5" strokeLinecap="round" />
        </svg>
        <h1 className="mb-2 text-figure">{title}</h1>
        {children}
      </div>
    </main>
  );
}
