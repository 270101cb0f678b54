import type { Agent, Session } from '@baton/schema';
import { createContext, useContext } from 'react';

/** A session with a chosen agent. */
export type SignedIn = Session & { agent: Agent };

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('The page is shown before anybody signed in');
  return session;
}

export function useMe(): Agent {
  return useSession().agent;
}

/** Whether the person has the manage right. */
export function useMayManage(): boolean {
  return useSession().rights.includes('manage');
}
