import { isRefused } from '@baton/client';
import type { Agent, Session } from '@baton/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import { failedPage } from '../lazy/load-failed.tsx';
import { PageFailed } from '../shell/page-failed.tsx';
import { SessionContext } from './session-context.ts';
import { takeToken } from './sign-in-token.ts';

// Loaded lazily: most visitors are signed in.
const SignIn = lazyComponent(() => import('./sign-in.tsx'), { failed: failedPage });
const PersonPicker = lazyComponent(() => import('./person-picker.tsx'), { failed: failedPage });

// Read at load, before a redirect drops it.
const linkToken = takeToken(location, history);

const hasAgent = (session: Session): session is Session & { agent: Agent } => session.agent !== null;

/** Asks for sign-in and for a person before it shows the page. */
export function SignInGate({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.session.get.queryOptions();
  const session = useQuery({ ...options, staleTime: Infinity });
  const refetchSession = () => queryClient.invalidateQueries({ queryKey: options.queryKey });

  if (session.isPending) return null;
  if (isRefused(session.error, 'UNAUTHORIZED'))
    return <SignIn linkToken={linkToken} onSignedIn={refetchSession} />;
  if (session.data === undefined)
    return <PageFailed error={session.error} reset={() => void refetchSession()} />;
  if (!hasAgent(session.data))
    return (
      <PersonPicker mayRegister={session.data.may.includes('agents.register')} onPicked={refetchSession} />
    );
  return <SessionContext value={session.data}>{children}</SessionContext>;
}
