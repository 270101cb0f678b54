import type { BusinessHours } from '@baton/schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type DayHours, weekOf } from './opening-hours.ts';

type Draft = { timeZone: string; week: readonly DayHours[] };

export const draftOf = (hours: BusinessHours): Draft => ({ timeZone: hours.timeZone, week: weekOf(hours) });

/** The saved hours and the unsaved draft. */
export function useBusinessHours() {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const tenant = useQuery(trpc.tenant.get.queryOptions());
  const [draft, setDraft] = useState<Draft | null>(null);
  const save = useMutation({
    mutationFn: (businessHours: BusinessHours | null) => api.tenant.update.mutate({ businessHours }),
    onSuccess: (saved) => {
      queryClient.setQueryData(trpc.tenant.get.queryKey(), saved);
      setDraft(null);
    },
  });
  return { tenant, draft, setDraft, save };
}
