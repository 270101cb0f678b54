import { isRefused } from '@baton/client';
import type { Agent, Session } from '@baton/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { PageFailed } from '../shell/page-failed.tsx';
import { SessionContext } from './session-context.ts';
import { takeToken } from './sign-in-token.ts';

// Most pages are opened by somebody who has signed in already.
const SignIn = lazy(() => import('./sign-in.tsx'));
const PersonPicker = lazy(() => import('./person-picker.tsx'));

// Taken when the page loads, before a redirect drops it.
const linkToken = takeToken(location, history);

const hasAgent = (session: Session): session is Session & { agent: Agent } => session.agent !== null;

/** Shows the page to whoever has signed in and said who they are; asks the others. */
export function SignInGate({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.session.get.queryOptions();
  const session = useQuery({ ...options, staleTime: Infinity });
  const refetchSession = () => queryClient.invalidateQueries({ queryKey: options.queryKey });

  if (session.isPending) return null;
  if (isRefused(session.error, 'UNAUTHORIZED'))
    return (
      <Suspense>
        <SignIn linkToken={linkToken} onSignedIn={refetchSession} />
      </Suspense>
    );
  if (session.data === undefined)
    return <PageFailed error={session.error} reset={() => void refetchSession()} />;
  if (!hasAgent(session.data))
    return (
      <Suspense>
        <PersonPicker onPicked={refetchSession} />
      </Suspense>
    );
  return <SessionContext value={session.data}>{children}</SessionContext>;
}
