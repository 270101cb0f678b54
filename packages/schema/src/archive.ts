import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { Agent } from './agent.ts';
import { ArchivedContact } from './contact.ts';
import { Conversation } from './conversation.ts';
import { hasTooManyKeys, TOO_MANY_KEYS } from './metadata.ts';
import { AgentId, ConversationId } from './id.ts';
import { PAGE_LIMIT, pageFields } from './page.ts';
import { ContactId } from './text.ts';
import { KnownEntry } from './timeline.ts';

/** What is restored was given out by Baton, so its input has the type that it was given out with. */
function asGivenOut<Value>(schema: NamedSchema<Value>): NamedSchema<Value, Value> {
  // The two differ by the brands of ids alone.
  return schema as NamedSchema<Value, Value>;
}

/** Most entries that one call exports, or restores. */
export const ARCHIVE_PAGE_LIMIT = 1_000;

/** Every entry of every conversation, one conversation after the other. */
const exportConversationsObject = z.strictObject({
  limit: z.int().min(1).max(ARCHIVE_PAGE_LIMIT).default(ARCHIVE_PAGE_LIMIT),
  cursor: pageFields.cursor,
});
export interface ExportConversations extends z.infer<typeof exportConversationsObject> {}
export interface ExportConversationsInput extends z.input<typeof exportConversationsObject> {}
export const ExportConversations: NamedSchema<ExportConversations, ExportConversationsInput> =
  named(exportConversationsObject);

const RestoredEntry: NamedSchema<KnownEntry, KnownEntry> = z
  .custom<KnownEntry>()
  .superRefine((entry: unknown, context) => {
    if (typeof entry !== 'object' || entry === null || !('metadata' in entry)) return;
    const { metadata } = entry;
    if (typeof metadata === 'object' && metadata !== null && hasTooManyKeys(metadata))
      context.addIssue({ code: 'custom', path: ['metadata'], message: TOO_MANY_KEYS });
  })
  .pipe(asGivenOut(KnownEntry));

/** A timeline from an archive, or a piece of one, with its ids and instants. */
const restoreConversationObject = z.strictObject({
  conversationId: ConversationId,
  entries: z.array(RestoredEntry).min(1).max(ARCHIVE_PAGE_LIMIT),
  /** Whether a further piece follows; until the last one the conversation does not exist. */
  more: z.boolean().default(false),
});
export interface RestoreConversation extends z.infer<typeof restoreConversationObject> {}
export interface RestoreConversationInput extends z.input<typeof restoreConversationObject> {}
export const RestoreConversation: NamedSchema<RestoreConversation, RestoreConversationInput> =
  named(restoreConversationObject);

export interface RestoredConversation {
  /** Null while more of it is to come. */
  conversation: Conversation | null;
  /** How many entries are new to the store. */
  added: number;
}
export const RestoredConversation: NamedSchema<RestoredConversation> = named(
  z.strictObject({
    conversation: Conversation.nullable(),
    added: z.int().min(0),
  }),
);

const restoreAgentsObject = z.strictObject({ agents: z.array(asGivenOut(Agent)).min(1).max(PAGE_LIMIT) });
export interface RestoreAgents extends z.infer<typeof restoreAgentsObject> {}
export interface RestoreAgentsInput extends z.input<typeof restoreAgentsObject> {}
export const RestoreAgents: NamedSchema<RestoreAgents, RestoreAgentsInput> = named(restoreAgentsObject);

export interface RestoredAgents {
  /** Those that were new, or had another state here. */
  restored: AgentId[];
  /** Those that were changed here later, and stay as they are. */
  kept: AgentId[];
}
export const RestoredAgents: NamedSchema<RestoredAgents> = named(
  z.strictObject({
    restored: z.array(AgentId),
    kept: z.array(AgentId),
  }),
);

const restoreContactsObject = z.strictObject({
  contacts: z.array(ArchivedContact).min(1).max(PAGE_LIMIT),
});
export interface RestoreContacts extends z.infer<typeof restoreContactsObject> {}
export interface RestoreContactsInput extends z.input<typeof restoreContactsObject> {}
export const RestoreContacts: NamedSchema<RestoreContacts, RestoreContactsInput> =
  named(restoreContactsObject);

export interface RestoredContacts {
  /** Those that were new. */
  restored: ContactId[];
  /** Those that are known here otherwise, and stay as they are. */
  kept: ContactId[];
}
export const RestoredContacts: NamedSchema<RestoredContacts> = named(
  z.strictObject({
    restored: z.array(ContactId),
    kept: z.array(ContactId),
  }),
);
