import type { TenantId } from '@baton/schema';
import { TenantCache } from '../fairness/tenant-cache.ts';
import type { FirstResult } from './history.ts';

const CONVERSATIONS = 5_000;
/** How many commands that said something are remembered of a conversation. */
const COMMANDS = 16;

/** Where this process knows of the latest messages of each conversation that they stand, by their sender's ids. */
export class RecentMessages {
  readonly #conversations = new TenantCache<Map<string, FirstResult>>(CONVERSATIONS);

  get(conversationKey: string, clientMessageId: string): FirstResult | undefined {
    return this.#conversations.get(conversationKey)?.get(clientMessageId);
  }

  add(tenantId: TenantId, conversationKey: string, clientMessageId: string, place: FirstResult): void {
    let recent = this.#conversations.get(conversationKey);
    if (recent === undefined) this.#conversations.set(tenantId, conversationKey, (recent = new Map()));
    recent.set(clientMessageId, place);
    const [oldest] = recent.keys();
    if (recent.size > COMMANDS && oldest !== undefined) recent.delete(oldest);
  }
}
