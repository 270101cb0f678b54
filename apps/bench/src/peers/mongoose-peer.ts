import { createTRPCClient, httpBatchLink } from '@trpc/client';
import type { MongooseRouter } from './mongoose-server.ts';
import type { Peer } from './peer.ts';

/** A tRPC server over mongoose, through tRPC's own client. */
export function mongoosePeer(url: string): Peer {
  const api = createTRPCClient<MongooseRouter>({ links: [httpBatchLink({ url })] });
  return {
    name: 'tRPC + mongoose',
    beside: 'Baton over HTTP',
    open: async () => (await api.create.mutate()).id,
    append: (conversation, said) => api.append.mutate({ conversation, ...said }),
    async list(conversation, limit = 200) {
      const found = await api.list.query({ conversation, limit });
      return found.toReversed().map(({ author, text }) => ({ author, text }));
    },
  };
}
