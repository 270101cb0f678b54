import type {
  CountedConversation,
  MetricsFigure,
  MetricsPeriod,
  Objection,
  ObjectionType,
} from '@baton/schema';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type Pages, usePages } from '../lists/use-pages.ts';

export function useCountedConversations(
  figure: MetricsFigure,
  input: MetricsPeriod,
  limit: number,
): Pages<CountedConversation> {
  const trpc = useTRPC();
  const { api } = useBaton();
  return usePages({
    queryKey: [...trpc.metrics.conversations.pathKey(), { ...input, figure }],
    read: (cursor, signal) =>
      api.metrics.conversations.query({ ...input, behind: figure, limit, cursor }, { signal }),
  });
}

export function useObjections(type: ObjectionType, input: MetricsPeriod): Pages<Objection> {
  const trpc = useTRPC();
  const { api } = useBaton();
  return usePages({
    queryKey: [...trpc.objections.list.pathKey(), { ...input, type }],
    read: (cursor, signal) => api.objections.list.query({ ...input, type, limit: 100, cursor }, { signal }),
  });
}
