import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import mongoose from 'mongoose';
import { z } from 'zod';
import { listen } from '../listen.ts';

const Author = z.enum(['customer', 'agent']);

async function openModels(uri: string) {
  const connection = await mongoose
    .createConnection(uri, { writeConcern: { w: 'majority' }, readConcern: { level: 'majority' } })
    .asPromise();
  const Conversation = connection.model(
    'PeerConversation',
    new mongoose.Schema({ length: { type: Number, default: 0 }, preview: String }, { timestamps: true }),
  );
  const messageSchema = new mongoose.Schema({
    conversation: { type: mongoose.Schema.Types.ObjectId, required: true },
    number: { type: Number, required: true },
    author: { type: String, enum: Author.options, required: true },
    text: { type: String, required: true },
    at: { type: Date, default: Date.now },
  });
  messageSchema.index({ conversation: 1, number: 1 }, { unique: true });
  const Message = connection.model('PeerMessage', messageSchema);
  await Message.init();
  return { connection, Conversation, Message };
}

type Models = Awaited<ReturnType<typeof openModels>>;

const t = initTRPC.create();

function createRouter({ Conversation, Message }: Pick<Models, 'Conversation' | 'Message'>) {
  return t.router({
    create: t.procedure
      .output(z.object({ id: z.string() }))
      .mutation(async () => ({ id: (await Conversation.create({})).id })),
    append: t.procedure
      .input(z.object({ conversation: z.string().length(24), author: Author, text: z.string().max(10_000) }))
      .output(z.object({ number: z.number() }))
      .mutation(async ({ input: { conversation, author, text } }) => {
        const changes = { $inc: { length: 1 }, $set: { preview: text.slice(0, 100) } };
        const found = await Conversation.findByIdAndUpdate(conversation, changes, {
          returnDocument: 'after',
        }).lean();
        if (found === null) throw new Error('No such conversation');
        await Message.create({ conversation, number: found.length, author, text });
        return { number: found.length };
      }),
    list: t.procedure
      .input(z.object({ conversation: z.string().length(24), limit: z.number().max(200) }))
      .output(z.array(z.object({ author: Author, text: z.string(), number: z.number(), at: z.date() })))
      .query(({ input: { conversation, limit } }) =>
        Message.find({ conversation }).sort({ number: -1 }).limit(limit).lean(),
      ),
  });
}

export type MongooseRouter = ReturnType<typeof createRouter>;

/** tRPC's standalone adapter over mongoose, with lean reads and an index for them. */
export async function startMongooseServer(uri: string): Promise<AsyncDisposable & { url: string }> {
  const { connection, ...models } = await openModels(uri);
  const server = createHTTPServer({ router: createRouter(models) });
  return {
    url: await listen(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await connection.close();
    },
  };
}
