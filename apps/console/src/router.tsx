import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { lazyComponent } from './lazy/lazy-component.tsx';
import { failedPage } from './lazy/load-failed.tsx';
import { Root } from './shell/root.tsx';
import { PageFailed } from './shell/page-failed.tsx';
import { PageNotFound } from './shell/page-not-found.tsx';
import { PageLoading } from './shell/page-loading.tsx';
import { parseInboxParams } from './inbox/inbox-params.ts';

/** A page whose code cannot be loaded says so in its place, whatever else goes on. */
const lazyPage = (load: () => Promise<{ default: ComponentType }>) =>
  lazyComponent(load, { loading: () => <PageLoading />, failed: failedPage });

const root = createRootRoute({
  component: Root,
  errorComponent: PageFailed,
  notFoundComponent: PageNotFound,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' });
  },
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  validateSearch: parseInboxParams,
  component: lazyPage(() => import('./inbox/page.tsx')),
});

const noConversation = createRoute({
  getParentRoute: () => inbox,
  path: '/',
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversationId',
  component: lazyPage(() => import('./conversation/page.tsx')),
});

/** These pages parse their own search params with `useSearch({ strict: false })`. */
const unvalidated = (search: Record<string, unknown>): Record<string, unknown> => search;

const work = createRoute({
  getParentRoute: () => root,
  path: '/work',
  validateSearch: unvalidated,
  component: lazyPage(() => import('./work/page.tsx')),
});

const insight = createRoute({
  getParentRoute: () => root,
  path: '/insight',
  validateSearch: unvalidated,
  component: lazyPage(() => import('./insight/page.tsx')),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: unvalidated,
  component: lazyPage(() => import('./search/page.tsx')),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: unvalidated,
  component: lazyPage(() => import('./settings/page.tsx')),
});

export const routeTree = root.addChildren([
  home,
  inbox.addChildren([noConversation, conversation]),
  work,
  insight,
  search,
  settings,
]);

export const createConsoleRouter = () =>
  createRouter({
    routeTree,
    defaultPreload: 'intent',
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: PageNotFound,
    defaultPendingMs: 200,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
