import { createHash } from 'node:crypto';
import { ConversationId, FollowUpId, HandoffId, type KnownEntry, ObjectionId } from '@baton/schema';

/** Gives each id of an archive another one: the same at every run for one tenant, so that a second run adds nothing. */
export class NewIds {
  readonly #tenantId: string;

  constructor(tenantId: string) {
    this.#tenantId = tenantId;
  }

  #idFor(id: string): string {
    return createHash('sha256').update(`${this.#tenantId}/${id}`).digest('hex').slice(0, 24);
  }

  conversation(id: string): ConversationId {
    return ConversationId.parse(this.#idFor(id));
  }

  /** The entry with new ids, its own and those of the work that it is about. */
  entry(given: KnownEntry): KnownEntry {
    const conversationId = this.conversation(given.conversationId);
    const entry = { ...given, conversationId };
    switch (entry.kind) {
      case 'handoff': {
        const id = HandoffId.parse(this.#idFor(entry.handoff.id));
        return { ...entry, handoff: { ...entry.handoff, id, conversationId } };
      }
      case 'objection': {
        const { objection } = entry;
        const id = ObjectionId.parse(this.#idFor(objection.id));
        const followUpId =
          objection.followUpId === null ? null : FollowUpId.parse(this.#idFor(objection.followUpId));
        return { ...entry, objection: { ...objection, id, conversationId, followUpId } };
      }
      case 'follow_up': {
        const id = FollowUpId.parse(this.#idFor(entry.followUp.id));
        return { ...entry, followUp: { ...entry.followUp, id, conversationId } };
      }
      default:
        return entry;
    }
  }
}
