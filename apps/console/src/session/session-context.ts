import type { Agent, Session } from '@baton/schema';
import { createContext, useContext } from 'react';

/** Who is at this browser, once they have signed in and said who they are. */
export type SignedIn = Session & { agent: Agent };

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('The page is shown before anybody signed in');
  return session;
}

/** The human agent that the person at this browser is. */
export function useMe(): Agent {
  return useSession().agent;
}

/** Whether the person may force what the rules refuse. */
export function useMayManage(): boolean {
  return useSession().rights.includes('manage');
}
