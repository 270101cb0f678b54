import { type Baton, ConversationReplica, type ReplicaState } from '@baton/client';
import type { AgentId, ConversationId } from '@baton/schema';
import { useMemo, useSyncExternalStore } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { useMe } from '../session/session-context.ts';

const LOADING: ReplicaState = {
  status: 'loading',
  conversation: null,
  entries: [],
  pending: [],
  hasEarlier: false,
  lastHeardAt: null,
  error: null,
};

/** Opens a replica for the first listener and closes it with the last. */
class ReplicaSource {
  readonly #watch: () => ConversationReplica;
  replica: ConversationReplica | null = null;

  constructor(api: Baton['api'], conversationId: ConversationId, agentId: AgentId) {
    this.#watch = () => new ConversationReplica(api, conversationId, { actor: { kind: 'agent', agentId } });
  }

  get state(): ReplicaState {
    return this.replica?.state ?? LOADING;
  }

  subscribe = (listener: () => void): (() => void) => {
    const replica = this.#watch();
    this.replica = replica;
    replica.subscribe(listener);
    return () => {
      replica.close();
      if (this.replica === replica) this.replica = null;
    };
  };
}

export function useReplica(conversationId: ConversationId): {
  replica: ConversationReplica | null;
  state: ReplicaState;
} {
  const { api } = useBaton();
  const { id } = useMe();
  const source = useMemo(() => new ReplicaSource(api, conversationId, id), [api, conversationId, id]);
  const state = useSyncExternalStore(source.subscribe, () => source.state);
  return { replica: source.replica, state };
}
