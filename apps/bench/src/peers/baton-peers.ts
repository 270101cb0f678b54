import type { Baton } from '@baton/client';
import type { Caller, Store } from '@baton/repository';
import {
  AgentId,
  AppendMessage,
  CreateConversation,
  ListMessages,
  type MessageEntry,
  PAGE_LIMIT,
} from '@baton/schema';
import type { Peer, Said } from './peer.ts';

const AGENT = AgentId.parse('bench_agent');

const created = (number: number) => ({
  contactId: `contact-${number}`,
  channel: 'web' as const,
  agentId: AGENT,
});

let appended = 0;

function appendInput(conversationId: string, { author, text }: Said) {
  appended += 1;
  return {
    conversationId,
    clientMessageId: `peer-${appended}`,
    author: author === 'agent' ? { kind: 'agent' as const, agentId: AGENT } : { kind: 'customer' as const },
    text,
  };
}

type Spoken = Pick<MessageEntry, 'author' | 'text'>;

type ListPage = (input: {
  conversationId: string;
  limit: number;
  order: 'newest';
  cursor?: string;
}) => Promise<{ items: Spoken[]; nextCursor: string | null }>;

/** The newest messages, in pages of at most a hundred. */
export async function listMessages(
  listPage: ListPage,
  conversationId: string,
  most = Infinity,
): Promise<Said[]> {
  const messages: Spoken[] = [];
  for (let cursor: string | null = ''; cursor !== null && messages.length < most;) {
    const limit = Math.min(PAGE_LIMIT, most - messages.length);
    const page = await listPage({ conversationId, limit, order: 'newest', ...(cursor && { cursor }) });
    messages.push(...page.items);
    cursor = page.nextCursor;
  }
  return messages
    .toReversed()
    .map(({ author, text }) => ({ author: author.kind === 'agent' ? 'agent' : 'customer', text }));
}

/** Registers the agent of the sample conversations. */
export const registerAgent = (store: Store, { tenantId }: Caller): Promise<unknown> =>
  store.agents.register(tenantId, {
    id: AGENT,
    kind: 'ai',
    name: AGENT,
    roles: [],
    members: [],
    capacity: null,
    availability: 'available',
  });

/** Baton as a library. */
export function batonPeer(store: Store, caller: Caller): Peer {
  let opened = 0;
  return {
    name: 'Baton',
    beside: 'Baton',
    async open() {
      opened += 1;
      const input = CreateConversation.parse(created(opened));
      return (await store.execute(caller, 'conversations.create', input)).conversation.id;
    },
    append: (conversation, said) =>
      store.execute(caller, 'messages.append', AppendMessage.parse(appendInput(conversation, said))),
    list: (conversation, limit) =>
      listMessages(
        (input) => store.messages.list(caller.tenantId, ListMessages.parse(input)),
        conversation,
        limit,
      ),
  };
}

/** Baton as a server of its own process, through its client. */
export function batonHttpPeer({ api }: Baton): Peer {
  let opened = 0;
  return {
    name: 'Baton over HTTP',
    beside: 'Baton over HTTP',
    async open() {
      opened += 1;
      return (await api.conversations.create.mutate(created(-opened))).id;
    },
    append: (conversation, said) => api.messages.append.mutate(appendInput(conversation, said)),
    list: (conversation, limit) =>
      listMessages((input) => api.messages.list.query(input), conversation, limit),
  };
}
