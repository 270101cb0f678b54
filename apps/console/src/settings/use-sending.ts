import type { SendPolicy } from '@baton/schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type SendingDraft, sendingDraftOf } from './sending-draft.ts';

/** The saved send policy and the unsaved draft. */
export function useSending() {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const tenant = useQuery(trpc.tenant.get.queryOptions());
  const [typed, setTyped] = useState<SendingDraft | null>(null);
  const save = useMutation({
    mutationFn: (sendPolicy: SendPolicy | null) => api.tenant.update.mutate({ sendPolicy }),
    onSuccess: (saved) => {
      queryClient.setQueryData(trpc.tenant.get.queryKey(), saved);
      setTyped(null);
    },
  });
  const draft = tenant.data && (typed ?? sendingDraftOf(tenant.data.sendPolicy));
  return { tenant, draft, isChanged: typed !== null, setDraft: setTyped, save };
}
