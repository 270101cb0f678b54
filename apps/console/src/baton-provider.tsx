import type { AppRouter, Baton } from '@baton/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** Query and mutation options of every procedure: `useQuery(useTRPC().agents.list.queryOptions({}))`. */
export { useTRPC };

type Api = Baton['api'];

const BatonContext = createContext<{ api: Api } | null>(null);

/** The procedures themselves, for live replicas and calls outside Query. */
export function useBaton(): { api: Api } {
  const baton = useContext(BatonContext);
  if (baton === null) throw new Error('BatonProvider is missing');
  return baton;
}

/** The client retries by itself, and the live feed says when something changed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 30_000 }, mutations: { retry: false } },
  });
}

export type BatonProviderProps = { api: Api; queryClient: QueryClient; children: ReactNode };

export function BatonProvider({ api, queryClient, children }: BatonProviderProps) {
  const baton = useMemo(() => ({ api }), [api]);
  return (
    <BatonContext value={baton}>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={api} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </BatonContext>
  );
}
