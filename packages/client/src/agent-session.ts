import type { AppRouter } from '@baton/router/api';
import {
  AgentId,
  type Conversation,
  type HandoffChange,
  type MessageChange,
  type TurnChange,
  type Usage,
  type Visibility,
} from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import type { inferRouterInputs } from '@trpc/server';
import { isRefused } from './error.ts';
import { ConversationReplica } from './watch.ts';

/** The agent no longer owns the conversation: what it was about to say must not be said. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost';
  readonly owner: string | null;

  constructor(agentId: string, owner: string | null, cause?: unknown) {
    super(`${agentId} no longer owns the conversation${owner === null ? '' : `; ${owner} does`}`, { cause });
    this.owner = owner;
  }
}

export type Said = { text: string; visibility?: Visibility; usage?: Usage; inReplyTo?: number };

export type AgentSessionOptions = {
  conversationId: string;
  agentId: string;
  /** Gives up while the session has not begun, as where the server is away for too long. */
  signal?: AbortSignal;
};

type HandoffsInput = inferRouterInputs<AppRouter>['handoffs'];
type OwnerFields = 'conversationId' | 'from' | 'ownerEpoch';

/**
 * One agent in one conversation. It holds the epoch of its ownership and sends it with each word, so that a reply
 * written before a takeover is refused; `lost` is aborted the moment somebody else owns the conversation.
 */
export class AgentSession {
  readonly replica: ConversationReplica;
  readonly agentId: AgentId;
  readonly #api: TRPCClient<AppRouter>;
  readonly #conversationId: string;
  readonly #epoch: number;
  readonly #lost = new AbortController();

  private constructor(api: TRPCClient<AppRouter>, replica: ConversationReplica, conversation: Conversation) {
    this.replica = replica;
    this.agentId = conversation.owner.agentId;
    this.#api = api;
    this.#conversationId = conversation.id;
    this.#epoch = conversation.owner.epoch;
    replica.subscribe(() => this.#checkOwner());
    this.#checkOwner();
  }

  /**
   * Begins where the agent owns the conversation.
   * @throws OwnershipLost where it does not
   */
  static async open(
    { api }: { api: TRPCClient<AppRouter> },
    { conversationId, agentId, signal }: AgentSessionOptions,
  ): Promise<AgentSession> {
    const replica = new ConversationReplica(api, conversationId, {
      actor: { kind: 'agent', agentId: AgentId.parse(agentId) },
    });
    try {
      const { conversation } = await replica.until(
        (state) => state.conversation !== null && state.status !== 'loading',
        signal,
      );
      if (conversation === null || conversation.owner.agentId !== agentId) {
        throw new OwnershipLost(agentId, conversation?.owner.agentId ?? null);
      }
      return new AgentSession(api, replica, conversation);
    } catch (error) {
      replica.close();
      throw error;
    }
  }

  /**
   * Aborted when the agent owns the conversation no more, with an OwnershipLost as its reason; or when nobody can
   * tell any longer, as with a key that was revoked, with what the feed failed with.
   */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Says one thing. With the same `id` it is said once, however often it is sent.
   * @throws OwnershipLost
   */
  async say(said: Said, id: string = crypto.randomUUID()): Promise<MessageChange> {
    return this.#speak(() =>
      this.#api.messages.append.mutate({
        conversationId: this.#conversationId,
        clientMessageId: id,
        author: { kind: 'agent', agentId: this.agentId },
        ownerEpoch: this.#epoch,
        ...said,
      }),
    );
  }

  /**
   * Says all messages of a turn or none. With the same `id` the turn is said once.
   * @throws OwnershipLost
   */
  async sayTurn(messages: readonly Said[], id: string = crypto.randomUUID()): Promise<TurnChange> {
    return this.#speak(() =>
      this.#api.messages.appendTurn.mutate({
        conversationId: this.#conversationId,
        ownerEpoch: this.#epoch,
        messages: messages.map((said, index) => ({
          clientMessageId: `${id}:${index}`,
          author: { kind: 'agent', agentId: this.agentId },
          ...said,
        })),
      }),
    );
  }

  /**
   * Hands the conversation to another agent at once; the session ends with it.
   * @throws OwnershipLost
   */
  async handOver(handoff: Omit<HandoffsInput['transfer'], OwnerFields>): Promise<HandoffChange> {
    const change = await this.#speak(() =>
      this.#api.handoffs.transfer.mutate({ ...handoff, ...this.#asOwner }),
    );
    this.#markLost(change.conversation.owner.agentId);
    return change;
  }

  /**
   * Asks another agent or a queue to take the conversation; the session goes on until one accepts.
   * @throws OwnershipLost
   */
  async request(handoff: Omit<HandoffsInput['request'], OwnerFields>): Promise<HandoffChange> {
    return this.#speak(() => this.#api.handoffs.request.mutate({ ...handoff, ...this.#asOwner }));
  }

  get #asOwner() {
    return { conversationId: this.#conversationId, from: this.agentId, ownerEpoch: this.#epoch };
  }

  close(): void {
    this.replica.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #speak<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    this.#lost.signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (!isRefused(error, 'STALE_OWNER', 'NOT_OWNER')) throw error;
      throw this.#markLost(this.replica.state.conversation?.owner.agentId ?? null, error);
    }
  }

  #checkOwner(): void {
    const { conversation, status, error } = this.replica.state;
    if (status === 'failed') this.#lost.abort(error);
    const owner = conversation?.owner;
    if (owner !== undefined && owner.epoch !== this.#epoch) this.#markLost(owner.agentId);
  }

  #markLost(owner: string | null, cause?: unknown): OwnershipLost {
    const lost = new OwnershipLost(this.agentId, owner === this.agentId ? null : owner, cause);
    this.#lost.abort(lost);
    return lost;
  }
}
