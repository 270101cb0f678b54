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

/** Whether the person hands over what others hold, and not only their own. */
export function useActsForOthers(): boolean {
  const { role } = useSession();
  return role !== 'viewer' && role !== 'agent';
}

/** Whether the person may force moves and decide for others. */
export function useMayManage(): boolean {
  const { role } = useSession();
  return role === 'manager' || role === 'admin';
}

/** Whether the person's role may call a procedure, named by its path. */
export function useMay(path: string): boolean {
  return useSession().may.includes(path);
}
