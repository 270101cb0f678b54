import { type ConversationId, ListMessages, TenantId } from '@baton/schema';
import fc from 'fast-check';
import { Decimal128, type Document, ObjectId } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { messageQueries } from './message.ts';
import { readTimelineEnds } from './timeline-ends.ts';

const OTHER = TenantId.parse('umbrella');
const NOBODYS = '0'.repeat(24);

let scenario: Scenario;
/** Of 0 to 24 messages, with notes and entries of other kinds among them. */
const ids: ConversationId[] = [];

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  for (let messages = 0; messages < 25; messages += 1) {
    const { id } = await scenario.create({ contactId: `contact-${messages}` });
    ids.push(id);
    for (let number = 0; number < messages; number += 1) {
      await scenario.say(id, `Message ${number}`, number % 3 === 0 ? SUPERVISOR : undefined);
      if (messages % 4 === 3 && number > messages - 9) await tag(id, number);
    }
  }
});
afterAll(() => scenario[Symbol.asyncDispose]());
afterEach(() => void vi.restoreAllMocks());

/** An entry of another kind. */
const tag = (conversationId: ConversationId, number: number) =>
  scenario.run('conversations.update', { conversationId, tags: [`t${number}`] });

const list = (input: ListMessages, tenantId = scenario.tenantId) =>
  scenario.store.messages.list(tenantId, input);
const alone = (input: ListMessages, tenantId = scenario.tenantId) =>
  messageQueries.list(scenario.collections, tenantId, input);

const inputs = (): fc.Arbitrary<ListMessages> =>
  fc
    .record(
      {
        conversationId: fc.constantFrom<string>(...ids, NOBODYS),
        limit: fc.integer({ min: 1, max: 30 }),
        order: fc.constantFrom('oldest', 'newest'),
        visibility: fc.constantFrom('public', 'internal'),
      },
      { requiredKeys: ['conversationId'] },
    )
    .map((input) => ListMessages.parse(input));

const outcome = (call: Promise<unknown>) =>
  call.then(
    (page) => ({ page }),
    ({ code }) => ({ code }),
  );

async function expectSame(together: readonly ListMessages[]): Promise<void> {
  const pages = await Promise.all(together.map((input) => outcome(list(input))));
  const others = await Promise.all(together.map((input) => outcome(alone(input))));
  expect(pages).toEqual(others);
}

describe('messages.list', () => {
  it('gives those who ask together what each would be given alone', async () => {
    await fc.assert(fc.asyncProperty(fc.array(inputs(), { minLength: 1, maxLength: 40 }), expectSame), {
      numRuns: 40,
    });
  });

  it('goes on after a page that was read together', async () => {
    const conversationId = ids.at(-1) ?? NOBODYS;
    for (const order of ['oldest', 'newest'] as const) {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await list(ListMessages.parse({ conversationId, order, limit: 5, cursor }));
        seen.push(...page.items.map(({ seq }) => seq));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      const places = Array.from({ length: 24 }, (_, index) => index + 2);
      expect(seen).toEqual(order === 'oldest' ? places : places.toReversed());
    }
  });

  it('reads sixteen first pages at once', async () => {
    const find = vi.spyOn(scenario.collections.timeline.collection, 'find');
    await Promise.all(
      ids.slice(1, 25).map((id) => list(ListMessages.parse({ conversationId: id, limit: 3 }))),
    );
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('finds what its caller has written, at either end', async () => {
    const { id } = await scenario.create({ contactId: 'writer' });
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      const { entries } = await scenario.run('messages.append', {
        conversationId: id,
        clientMessageId: `${writer}`,
        author: { kind: 'customer' },
        text: 'Hello',
      });
      const order = writer % 2 === 0 ? 'oldest' : 'newest';
      const { items } = await list(ListMessages.parse({ conversationId: id, limit: 30, order }));
      expect(items.map(({ seq }) => seq)).toContain(entries[0]?.seq);
    });
    await Promise.all(writers);
  });

  it('knows nothing of another tenant’s', async () => {
    const input = ListMessages.parse({ conversationId: ids[5] });
    expect(await outcome(list(input, OTHER))).toEqual({ code: 'NOT_FOUND' });
  });

  describe('where something cannot be read', () => {
    const damage = async (id: ConversationId, seq: number, change: Document) => {
      const collection = scenario.collections.timeline.acrossTenants('test');
      const filter = { conversationId: new ObjectId(id), seq };
      const damaged = await collection.updateOne(filter, change, { bypassDocumentValidation: true });
      expect(damaged.modifiedCount).toBe(1);
    };

    it('gives the rest, and its neighbours all', async () => {
      const [some, whole] = [ids[20], ids[21]];
      if (some === undefined || whole === undefined) throw new Error('Nothing was made');
      await damage(some, 3, { $set: { text: 7 } });
      await damage(some, 5, { $set: { seq: Decimal128.fromString('5') } });
      const asked = [some, whole].flatMap((conversationId) =>
        ['oldest', 'newest'].map((order) => ListMessages.parse({ conversationId, order })),
      );
      await expectSame(asked);
      expect((await list(ListMessages.parse({ conversationId: some }))).items).toHaveLength(18);
    });
  });

  it('is read by each alone where the ends are too large together', async () => {
    const [one, two] = [ids[7], ids[8]];
    if (one === undefined || two === undefined) throw new Error('Nothing was made');
    const ends = [one, two].map((conversationId) => ({
      conversationId,
      order: 'newest' as const,
      entries: 5,
    }));
    const read = (mostBytes?: number) =>
      readTimelineEnds(scenario.collections, scenario.tenantId, ends, mostBytes);
    expect([...(await read()).values()].map(({ documents }) => documents.length)).toEqual([5, 5]);
    expect((await read(2_000)).size).toBe(0);
  });
});
