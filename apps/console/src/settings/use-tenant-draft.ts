import type { UpdateTenant } from '@baton/schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';

/** The tenant's saved settings, and the unsaved draft of one of them. */
export function useTenantDraft<Draft>() {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const tenant = useQuery(trpc.tenant.get.queryOptions());
  const [draft, setDraft] = useState<Draft | null>(null);
  const save = useMutation({
    mutationFn: (change: UpdateTenant) => api.tenant.update.mutate(change),
    onSuccess: (saved) => {
      queryClient.setQueryData(trpc.tenant.get.queryKey(), saved);
      setDraft(null);
    },
  });
  return { tenant, draft, setDraft, save };
}
