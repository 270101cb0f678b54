import { connect, openStore, type Store } from '@baton/repository';
import { appRouter, type Context, type Credential } from '@baton/router';
import type {
  ConversationView,
  GetConversation,
  ListMessages,
  MessageEntry,
  Page,
  TenantId,
} from '@baton/schema';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { ObjectId } from 'mongodb';
import { listen } from '../listen.ts';

/**
 * Baton's router behind tRPC's standalone adapter, on a store that reads what each call asks for by itself. A key is
 * looked up once.
 */
export async function startStockServer(
  mongodbUri: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { client, db, clock } = await connect(mongodbUri, { appName: 'baton-bench-stock' });
  const store = withoutGroups(openStore({ client, db, clock }));
  const credentials = new Map<string, Credential>();

  async function findCredential(authorization: string): Promise<Credential | null> {
    const known = credentials.get(authorization);
    if (known !== undefined) return known;
    const found = await store.apiKeys.authenticate(authorization.replace(/^Bearer /, ''));
    if (found === null) return null;
    const credential = { ...found, sessionId: null };
    credentials.set(authorization, credential);
    return credential;
  }

  const startedAt = performance.now();
  const server = createHTTPServer({
    router: appRouter,
    basePath: '/trpc/',
    createContext: ({ req, info }): Context => {
      return {
        store,
        readiness: () => store.readiness(),
        limitsOf: () => {
          throw new Error('Nothing is limited here');
        },
        receivedAt: performance.now(),
        calls: info.calls.length,
        answers: null,
        authenticate: () => findCredential(req.headers.authorization ?? ''),
        forgetCredential: () => undefined,
        address: () => '',
        browser: () => null,
        companySignIn: null,
        takeTurn: (tenantId) => store.turns.take(tenantId),
        watchCredential: () => ({ [Symbol.dispose]: () => undefined }),
        report: (_, cause) => console.error(cause),
        setSession: () => undefined,
        validatesAnswers: true,
        startedAt,
      };
    },
  });
  return {
    url: await listen(server),
    async close() {
      server.closeAllConnections();
      server.close();
      await store.feed.close();
      await client.close();
    },
  };
}

/** The store, with what the bench reads as anyone would write it: each call has finds of its own. */
function withoutGroups(store: Store): Store {
  const { conversations, contacts, timeline } = store.collections;

  async function get(tenantId: TenantId, { conversationId }: GetConversation): Promise<ConversationView> {
    const _id = new ObjectId(conversationId);
    const document = await conversations.collection.findOne({ tenantId, _id });
    if (document === null) throw new Error('No such conversation');
    const { _id: id, tenantId: _, listedUnder: __, ...conversation } = conversations.decode(document);
    const { contactId } = conversation;
    const contact = await contacts.collection.findOne(
      { _id: { tenantId, contactId } },
      { projection: { 'details.name': 1 } },
    );
    return { id, ...conversation, contact: { id: contactId, name: contact?.['details']?.name ?? null } };
  }

  async function list(
    tenantId: TenantId,
    { conversationId, limit }: ListMessages,
  ): Promise<Page<MessageEntry>> {
    const documents = await timeline.collection
      .find({ tenantId, conversationId: new ObjectId(conversationId), kind: 'message' })
      .sort({ seq: 1 })
      .limit(limit + 1)
      .toArray();
    const entries = documents.slice(0, limit).flatMap((document): MessageEntry[] => {
      const { _id, tenantId: _, ...entry } = timeline.decode(document);
      if (entry.kind !== 'message') return [];
      const { channel: _channel, ...message } = entry;
      return [message];
    });
    const last = entries.at(-1);
    return { items: entries, nextCursor: documents.length > limit && last ? String(last.seq) : null };
  }

  return {
    ...store,
    conversations: { ...store.conversations, get },
    messages: { ...store.messages, list },
  };
}
