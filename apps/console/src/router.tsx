import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { Root } from './shell/root.tsx';
import { PageFailed } from './shell/page-failed.tsx';
import { PageNotFound } from './shell/page-not-found.tsx';
import { PageLoading } from './shell/page-loading.tsx';
import { parseInboxParams } from './inbox/inbox-params.ts';

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
  component: lazyRouteComponent(() => import('./inbox/page.tsx')),
});

const noConversation = createRoute({
  getParentRoute: () => inbox,
  path: '/',
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversationId',
  component: lazyRouteComponent(() => import('./conversation/page.tsx')),
});

/** These pages parse their own search params with `useSearch({ strict: false })`. */
const unvalidated = (search: Record<string, unknown>): Record<string, unknown> => search;

const work = createRoute({
  getParentRoute: () => root,
  path: '/work',
  validateSearch: unvalidated,
  component: lazyRouteComponent(() => import('./work/page.tsx')),
});

const insight = createRoute({
  getParentRoute: () => root,
  path: '/insight',
  validateSearch: unvalidated,
  component: lazyRouteComponent(() => import('./insight/page.tsx')),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: unvalidated,
  component: lazyRouteComponent(() => import('./search/page.tsx')),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: unvalidated,
  component: lazyRouteComponent(() => import('./settings/page.tsx')),
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
