import {
  type AuditActor,
  type ContactRecord,
  type EraseContact,
  type Erasure,
  type ErasureCounts,
  type ExportContact,
  type ListErasures,
  type OfContact,
  type Page,
  type RestoreConversation,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { readPage } from '../read/page.ts';
import { rethrowUnavailable } from '../write/commit-error.ts';
import { beginErasure, erasureOf, previewErasure, readErasure } from './erase-contact.ts';
import { exportContact } from './export-contact.ts';
import { type Eraser, removeWords } from './erase-conversation.ts';
import { removeLateCopies } from './late-copies.ts';
import { runErasures } from './run-erasures.ts';

/** How long a call goes on with an erasure before it answers; the servers go on with the rest by themselves. */
const ANSWER_WITHIN_MS = 4_000;
/** How long one round of the background work begins new steps. */
const ROUND_MS = 10_000;

export function openPrivacy(eraser: Eraser) {
  const { collections } = eraser;
  return {
    preview: (tenantId: TenantId, input: OfContact): Promise<ErasureCounts> =>
      previewErasure(collections, tenantId, input),

    /**
     * Erases a contact. What takes longer than a call may is `running` in the answer, and servers go on with it.
     * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH, UNREADABLE
     */
    async erase(tenantId: TenantId, input: EraseContact, by: AuditActor): Promise<Erasure> {
      const begun = await beginErasure(collections, tenantId, input, by);
      if (begun.state === 'done') return begun;
      await runErasures(eraser, ANSWER_WITHIN_MS, { tenantId, id: begun.id });
      return readErasure(collections, tenantId, begun.id);
    },

    /** Goes on with what was begun; of many servers one does it. */
    async goOn(signal?: AbortSignal): Promise<number> {
      try {
        return await runErasures(eraser, ROUND_MS, { signal });
      } finally {
        await removeLateCopies(collections, signal);
      }
    },

    /**
     * Takes the words from earlier pieces of a timeline where this piece has brought their erasure. A retry does it again.
     * @throws Refusal UNAVAILABLE
     */
    async eraseRestored(tenantId: TenantId, { conversationId, entries }: RestoreConversation): Promise<void> {
      if (!entries.some((entry) => entry.kind === 'erasure')) return;
      await removeWords(collections, { tenantId, conversationId }).catch(rethrowUnavailable);
    },

    exportContact: (tenantId: TenantId, input: ExportContact, by: AuditActor): Promise<Page<ContactRecord>> =>
      exportContact(collections, tenantId, input, by),

    erasures: (tenantId: TenantId, input: ListErasures) => listErasures(collections, tenantId, input),
  };
}

/**
 * The latest first.
 * @throws Refusal INVALID_CURSOR
 */
function listErasures(
  { erasures }: Collections,
  tenantId: TenantId,
  input: ListErasures,
): Promise<Page<Erasure>> {
  return readPage<Erasure, [string]>(
    { tenantId, procedure: 'privacy.erasures', input: { ...input } },
    {
      position: z.tuple([z.string().regex(/^[0-9a-f]{24}$/)]),
      positionOf: ({ id }) => [id],
      read: async (after, limit) => {
        const documents = await erasures.collection
          .find(
            { tenantId, ...(after && { _id: { $lt: new ObjectId(after[0]) } }) },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ _id: -1 })
          .limit(limit)
          .toArray();
        return documents.map((document) => {
          const record = erasures.tryDecode(document);
          return record && erasureOf(record);
        });
      },
    },
  );
}
