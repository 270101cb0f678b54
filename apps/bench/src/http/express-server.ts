import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import express from 'express';
import mongoose, { Schema } from 'mongoose';
import { customerMessageWrites } from '../bare-driver.ts';
import { listen } from '../listen.ts';

const { Mixed, ObjectId } = Schema.Types;
const OPTIONS = { versionKey: false, autoCreate: false, autoIndex: false } as const;

const ConversationSchema = new Schema(
  {
    _id: ObjectId,
    tenantId: String,
    channel: String,
    metrics: Mixed,
    lastMessage: Mixed,
    lastSeq: Number,
    version: Number,
    updatedAt: Date,
  },
  { ...OPTIONS, collection: 'conversations' },
);
const EntrySchema = new Schema(
  {
    _id: ObjectId,
    tenantId: { type: String, required: true },
    channel: String,
    conversationId: { type: ObjectId, required: true },
    seq: { type: Number, required: true },
    version: { type: Number, required: true },
    at: { type: Date, required: true },
    actor: Mixed,
    kind: { type: String, required: true },
    clientMessageId: { type: String, required: true },
    author: Mixed,
    text: { type: String, required: true },
    visibility: String,
    redactedAt: Date,
  },
  { ...OPTIONS, collection: 'timeline' },
);
const KeySchema = new Schema({ hash: String, tenantId: String }, { ...OPTIONS, collection: 'api_keys' });

/** The usual way: Express and mongoose, one transaction a message, which reads its conversation. A key is looked up once. */
export async function startExpressServer(
  mongodbUri: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  const Conversation = connection.model('Conversation', ConversationSchema);
  const Entry = connection.model('Entry', EntrySchema);
  const Key = connection.model('Key', KeySchema);
  const tenants = new Map<string, string>();

  async function tenantOf(authorization: string): Promise<string | null> {
    const known = tenants.get(authorization);
    if (known !== undefined) return known;
    const hash = createHash('sha256')
      .update(authorization.replace(/^Bearer /, ''))
      .digest('hex');
    const key = await Key.findOne({ hash }).lean();
    if (key?.tenantId == null) return null;
    tenants.set(authorization, key.tenantId);
    return key.tenantId;
  }

  const app = express();
  app.use(express.json());
  // Express 5 answers what an async handler throws.
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers
  app.post('/conversations/:id/messages', async (request, response) => {
    const tenantId = await tenantOf(request.headers.authorization ?? '');
    if (tenantId === null) {
      response.status(401).json({ error: 'UNAUTHORIZED' });
      return;
    }
    const { clientMessageId, text } = request.body;
    const entry = await connection.transaction(async (session) => {
      const filter = { _id: request.params.id, tenantId };
      const conversation = await Conversation.findOne(filter).session(session).lean().orFail();
      const writes = customerMessageWrites(conversation, 0, text);
      await Conversation.updateOne(
        { ...filter, version: conversation.version },
        { $set: writes.changes },
        { session },
      ).orFail();
      const [created] = await Entry.create([{ ...writes.entry, clientMessageId, text }], { session });
      if (created === undefined) throw new Error('Nothing was written');
      return created;
    });
    response.json(entry);
  });

  const server = createServer(app);
  return {
    url: await listen(server),
    async close() {
      server.closeAllConnections();
      server.close();
      await connection.close();
    },
  };
}
