import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { ActionProvider } from '../keys/actions.tsx';
import { LiveProvider } from '../live/live-provider.tsx';
import { SignInGate } from '../session/sign-in-gate.tsx';
import { ToastProvider } from '../ui/toast-provider.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { AppShell } from './app-shell.tsx';
import { PageLoading } from './page-loading.tsx';

export function Root() {
  return (
    <TooltipProvider>
      <ToastProvider>
        <SignInGate>
          <ActionProvider>
            <LiveProvider>
              <AppShell>
                <Suspense fallback={<PageLoading />}>
                  <Outlet />
                </Suspense>
              </AppShell>
            </LiveProvider>
          </ActionProvider>
        </SignInGate>
      </ToastProvider>
    </TooltipProvider>
  );
}
