import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { ConversationId, TenantId } from '@baton/schema';
import { BSON, BSONRegExp, Decimal128, type Document, Long, ObjectId } from 'mongodb';
import { connection, database, store, TENANT } from './feed.ts';

/** Stands in a document for a byte sequence that is no UTF-8, which the driver would not write. */
const NO_UTF8 = '(no UTF-8)';

const OP_MSG = 2_013;

/** What an entry can be that this version cannot read: what is set, or with `undefined` taken away. */
export const DAMAGES: readonly [string, Document][] = [
  ['a kind that it does not know', { kind: 'mood', mood: 'merry' }],
  ['no kind', { kind: undefined }],
  ['no text', { text: undefined }],
  ['no actor', { actor: undefined }],
  ['no channel', { channel: undefined }],
  ['a number for a text', { text: 5 }],
  ['a text for an actor', { actor: 'customer' }],
  ['an array for an object', { author: [] }],
  ['a word of an enum that it does not know', { visibility: 'whispered' }],
  ['an instant after the year 9999', { redactedAt: new Date(Date.UTC(20_000, 0)) }],
  ['an instant that no Date holds', { redactedAt: Long.fromNumber(2 ** 62) }],
  ['a text for an instant', { redactedAt: 'now' }],
  ['a decimal number', { responseMs: Decimal128.fromString('1') }],
  ['a number that no double holds', { responseMs: Long.fromString('9007199254740993') }],
  ['a regular expression that JavaScript does not have', { text: new BSONRegExp('(?i)hello', 'ix') }],
  ['a text that is no UTF-8', { text: 5, author: { kind: NO_UTF8 } }],
];

/** A message that somebody else wrote, with its conversation brought up to it, past every validator. */
export async function writeDamaged(
  conversationId: ConversationId,
  damage: Document,
  tenantId: TenantId = TENANT,
): Promise<{ seq: number; version: number; at: string; id: string }> {
  const { lastSeq, version, channel } = await store.conversations.get(tenantId, { conversationId });
  const at = new Date();
  const place = { seq: lastSeq + 1, version: version + 1, at };
  const message = {
    _id: new ObjectId(),
    tenantId,
    conversationId: new ObjectId(conversationId),
    channel,
    ...place,
    kind: 'message',
    actor: { kind: 'customer' },
    clientMessageId: `damaged-${place.seq}`,
    author: { kind: 'customer' },
    text: 'Secret words',
    visibility: 'public',
    redactedAt: null,
    ...damage,
  };
  await store.collections.conversations
    .acrossTenants('test')
    .updateOne(
      { _id: new ObjectId(conversationId) },
      { $set: { lastSeq: place.seq, version: place.version, updatedAt: at } },
    );
  await insertRaw(message);
  return { ...place, at: at.toISOString(), id: String(message._id) };
}

/** The driver writes valid UTF-8 only, so this speaks to mongod itself. */
async function insertRaw(document: Document): Promise<void> {
  const body = Buffer.from(
    BSON.serialize(
      {
        insert: 'timeline',
        documents: [document],
        bypassDocumentValidation: true,
        writeConcern: { w: 'majority' },
        $db: connection.db.databaseName,
      },
      { ignoreUndefined: true },
    ),
  );
  for (let at = body.indexOf(NO_UTF8); at >= 0; at = body.indexOf(NO_UTF8))
    body.fill(0xff, at, at + NO_UTF8.length);
  const header = Buffer.alloc(21);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(OP_MSG, 12);
  const { hostname, port } = new URL(database.uri);
  const socket = createConnection(Number(port), hostname);
  socket.write(Buffer.concat([header, body]));
  const [reply]: Buffer[] = await once(socket, 'data');
  socket.destroy();
  const answer = BSON.deserialize(reply?.subarray(21) ?? Buffer.alloc(0));
  if (answer['n'] !== 1) throw new Error(JSON.stringify(answer));
}
