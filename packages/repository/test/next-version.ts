import { storedAs, type TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import type { Connection } from '../src/connection/connection.ts';
import { type Migration, migrations } from '../src/maintenance/migrations.ts';
import { applySchema } from '../src/maintenance/schema-report.ts';
import { type CollectionDeclaration, declaredCollections } from '../src/schema/collections.ts';
import { ConversationDocument, EntryDocument } from '../src/schema/documents.ts';

/*
 * A version after this one: an entry of a new kind, a new field in entries and in conversations, a collection and an index.
 */

const Mood = z.string().optional();
const Id = z
  .string()
  .regex(/^[0-9a-f]{24}$/)
  .register(storedAs, { bson: 'objectId' });
const [message, created, ...others] = EntryDocument.options;
const {
  kind: _kind,
  contactId: _contact,
  agentId: _agent,
  tags: _tags,
  metadata: _metadata,
  ...place
} = created.shape;

const { conversations, timeline, ...unchanged } = declaredCollections;

export const nextCollections: Record<string, CollectionDeclaration> = {
  ...unchanged,
  conversations: { ...conversations, schema: ConversationDocument.extend({ mood: Mood }) },
  timeline: {
    ...timeline,
    schema: z.discriminatedUnion('kind', [
      message.extend({ mood: Mood }),
      created,
      ...others,
      z.strictObject({ ...place, kind: z.literal('mood'), mood: z.string() }),
    ]),
    indexes: [...timeline.indexes, { name: 'by_mood', key: { tenantId: 1, mood: 1, _id: 1 } }],
  },
  moods: { name: 'moods', schema: z.strictObject({ _id: Id, mood: z.string() }), indexes: [] },
};

export const nextMigrations: readonly Migration[] = [
  ...migrations,
  {
    name: '9001-moods',
    async up(db, { signal }) {
      await applySchema(db, { declared: nextCollections, signal });
      await db
        .collection('conversations')
        .updateMany({ mood: { $exists: false } }, { $set: { mood: 'calm' } });
    },
  },
];

/** The version after that has removed what this one needs. */
export const laterMigrations: readonly Migration[] = [
  ...nextMigrations,
  { name: '9002-without-lists', requires: '9001-moods', up: () => Promise.resolve() },
];

/** Writes as the next version does: an entry of the new kind and a message with the new field, in one transaction. */
export async function writeNext(
  { client, db }: Connection,
  tenantId: TenantId,
  conversationId: string,
  number: number,
): Promise<void> {
  const _id = new ObjectId(conversationId);
  await client.withSession((session) =>
    session.withTransaction(
      async () => {
        const before = await db.collection('conversations').findOne({ _id, tenantId }, { session });
        if (before === null) throw new Error('No such conversation');
        const at = new Date(Math.max(Date.now(), before['updatedAt'].getTime()));
        const version = before['version'] + 1;
        const actor = { kind: 'customer' };
        const entry = (seq: number, fields: Document) => ({
          _id: new ObjectId(),
          tenantId,
          conversationId: _id,
          channel: before['channel'],
          seq,
          version,
          at,
          actor,
          ...fields,
        });
        const said = { author: actor, text: 'Hm', visibility: 'public', redactedAt: null };
        await db.collection('timeline').insertMany(
          [
            entry(before['lastSeq'] + 1, { kind: 'mood', mood: 'merry' }),
            entry(before['lastSeq'] + 2, {
              kind: 'message',
              clientMessageId: `next-${number}`,
              mood: 'merry',
              ...said,
            }),
          ],
          { session },
        );
        await db.collection('conversations').updateOne(
          { _id },
          {
            $set: { mood: 'merry', lastSeq: before['lastSeq'] + 2, version, updatedAt: at },
            $inc: { 'metrics.messages': 1, 'metrics.customerMessages': 1, 'metrics.interactionCount': 1 },
          },
          { session },
        );
      },
      { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
    ),
  );
}
