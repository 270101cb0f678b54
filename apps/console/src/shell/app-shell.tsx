import { useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { usePrefetch } from '../use-prefetch.ts';
import { useActions } from '../keys/actions.tsx';
import { keyMap } from '../keys/key-map.ts';
import { typeAhead } from '../keys/type-ahead.ts';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedDialog } from '../lazy/load-failed.tsx';
import { setTheme } from '../theme/theme.ts';
import { navItems } from './nav-items.ts';
import { BottomNavigation, SideNavigation } from './navigation.tsx';
import { useForgetErased } from './use-forget-erased.ts';
import { ReconnectBanner, TopBar } from './top-bar.tsx';

const Palette = lazyComponent(() => import('../keys/palette.tsx'), { failed: failedDialog });
const Help = lazyComponent(() => import('../keys/help.tsx'), { failed: failedDialog });
const importOverlays = () =>
  Promise.all([
    Palette.preload(),
    Help.preload(),
    import('../ui/tooltip-bubble.tsx'),
    import('../ui/toast-list.tsx'),
  ]);

export function AppShell({ children }: { children: ReactNode }) {
  useForgetErased();
  const navigate = useNavigate();
  // On a phone an open conversation fills the screen and has its own back link.
  const isConversation = useParams({ strict: false }).conversationId !== undefined;
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const name = navItems.find(({ to }) => pathname.startsWith(to))?.name ?? 'Baton';
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  function show(overlay: 'palette' | 'help'): void {
    typeAhead.begin();
    setOpen(overlay);
  }
  function close(): void {
    typeAhead.end();
    setOpen(null);
  }

  usePrefetch(importOverlays);

  useActions([
    { ...keyMap.goInbox, run: () => void navigate({ to: '/inbox' }) },
    { ...keyMap.goWork, run: () => void navigate({ to: '/work' }) },
    { ...keyMap.goInsight, run: () => void navigate({ to: '/insight' }) },
    { ...keyMap.goSearch, run: () => void navigate({ to: '/search' }) },
    {
      ...keyMap.search,
      group: undefined,
      run: () => {
        typeAhead.begin();
        void navigate({ to: '/search' });
      },
    },
    { label: 'Go to Settings', group: 'Go', run: () => void navigate({ to: '/settings' }) },
    { ...keyMap.palette, group: undefined, run: () => show('palette') },
    { ...keyMap.help, run: () => show('help') },
    { label: 'Light theme', group: 'Theme', run: () => setTheme('light') },
    { label: 'Dark theme', group: 'Theme', run: () => setTheme('dark') },
    { label: 'Theme of the system', group: 'Theme', run: () => setTheme('system') },
  ]);

  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <a
        href="#page"
        className="absolute -top-20 left-2 z-50 rounded-base bg-raised px-3 py-1.5 shadow-float focus:top-2"
      >
        Skip to the page
      </a>
      <div className="flex min-h-0 flex-1">
        <SideNavigation />
        <div className="flex min-w-0 flex-1 flex-col bg-surface">
          <TopBar
            name={name}
            isHiddenOnPhone={isConversation}
            onPalette={() => show('palette')}
            onHelp={() => show('help')}
          />
          <ReconnectBanner />
          <main id="page" tabIndex={-1} className="relative min-h-0 flex-1 overflow-auto outline-none">
            <h1 className="sr-only">{name}</h1>
            {children}
          </main>
        </div>
      </div>
      {!isConversation && <BottomNavigation />}
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'help' && <Help onClose={close} />}
    </div>
  );
}
