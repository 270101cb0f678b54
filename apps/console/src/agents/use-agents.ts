import type { Baton } from '@baton/client';
import type { Agent, AgentKind } from '@baton/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { isolate } from '../format/isolate.ts';

const QUERY_KEY = ['all-agents'] as const;

export type Agents = {
  isLoaded: boolean;
  all: readonly Agent[];
  people: readonly Agent[];
  get: (id: string) => Agent | undefined;
  /** The id itself until the agent is loaded. */
  nameOf: (id: string) => string;
  kindOf: (id: string) => AgentKind;
};

async function readAll(api: Baton['api']): Promise<Agent[]> {
  const all: Agent[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.agents.list.query({ limit: 100, cursor });
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

export function useAgents(): Agents {
  const { api } = useBaton();
  const { data } = useQuery({ queryKey: QUERY_KEY, queryFn: () => readAll(api), staleTime: 60_000 });
  return useMemo(() => {
    const byId = new Map<string, Agent>(data?.map((agent) => [agent.id, agent]));
    const all = data ?? [];
    return {
      isLoaded: data !== undefined,
      all,
      people: all.filter(({ kind }) => kind === 'human'),
      get: (id) => byId.get(id),
      nameOf: (id) => isolate(byId.get(id)?.name ?? id),
      kindOf: (id) => byId.get(id)?.kind ?? 'ai',
    };
  }, [data]);
}

export function useInvalidateAgents(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: QUERY_KEY });
}
