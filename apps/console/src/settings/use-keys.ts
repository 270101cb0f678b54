import type { ApiKey, ApiKeyId, CreateApiKeyInput } from '@baton/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { usePages } from '../lists/use-pages.ts';

/** The tenant's keys, the newest first, and what can be done to them. */
export function useKeys() {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.apiKeys.list.queryKey() });
  return {
    pages: usePages<ApiKey>({
      queryKey: trpc.apiKeys.list.queryKey(),
      read: (cursor, signal) => api.apiKeys.list.query({ limit: 50, cursor }, { signal }),
    }),
    create: useMutation({
      mutationFn: (input: CreateApiKeyInput) => api.apiKeys.create.mutate(input),
      onSuccess,
    }),
    rotate: useMutation({
      mutationFn: (input: { keyId: ApiKeyId; overlapMs: number }) => api.apiKeys.rotate.mutate(input),
      onSuccess,
    }),
    revoke: useMutation({
      mutationFn: (keyId: ApiKeyId) => api.apiKeys.revoke.mutate({ keyId }),
      onSuccess,
    }),
  };
}
