import type { Agent } from '@baton/schema';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useBaton } from '../baton-provider.tsx';
import {
  type AgentDraft,
  type AgentErrors,
  draftOf,
  NEW_AGENT,
  toRegister,
  toUpdate,
} from './agent-draft.ts';
import { useRefreshAgents } from './use-refresh-agents.ts';

/** @param agent null to register a new one */
export function useAgentForm(agent: Agent | null, onClose: () => void) {
  const { api } = useBaton();
  const refreshAgents = useRefreshAgents();
  const [draft, setDraft] = useState<AgentDraft>(agent === null ? NEW_AGENT : draftOf(agent));
  const [errors, setErrors] = useState<AgentErrors>({});
  const set = (change: Partial<AgentDraft>) => setDraft((before) => ({ ...before, ...change }));

  const save = useMutation({
    mutationFn: (send: () => Promise<Agent>) => send(),
    onSuccess: async () => {
      await refreshAgents();
      onClose();
    },
  });

  function submit(): void {
    if (agent === null) {
      const { input, errors: found } = toRegister(draft);
      setErrors(found ?? {});
      if (input !== null) save.mutate(() => api.agents.register.mutate(input));
    } else {
      const { input, errors: found } = toUpdate(draft);
      setErrors(found ?? {});
      if (input !== null) save.mutate(() => api.agents.update.mutate(input));
    }
  }

  return { draft, set, errors, save, submit };
}
