import { isRefused } from '@baton/client';
import type { Agent, Session } from '@baton/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { PageFailed } from '../frame/page-failed.tsx';
import { PersonPicker } from './person-picker.tsx';
import { SessionContext } from './session-context.ts';
import { SignIn } from './sign-in.tsx';

const isSomebody = (session: Session): session is Session & { agent: Agent } => session.agent !== null;

/** Shows the page to whoever has signed in and said who they are; asks the others. */
export function SignInGate({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.session.get.queryOptions();
  const session = useQuery({ ...options, staleTime: Infinity });
  const again = () => queryClient.invalidateQueries({ queryKey: options.queryKey });

  if (session.isPending) return null;
  if (isRefused(session.error, 'UNAUTHORIZED')) return <SignIn onSignedIn={again} />;
  if (session.data === undefined) return <PageFailed error={session.error} reset={() => void again()} />;
  if (!isSomebody(session.data)) return <PersonPicker onPicked={again} />;
  return <SessionContext value={session.data}>{children}</SessionContext>;
}
