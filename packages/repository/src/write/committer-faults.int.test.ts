import { Refusal } from '@baton/domain';
import { type Document, MongoServerError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import {
  caller,
  codesOf,
  conversations,
  fail,
  mongod,
  openFaulty,
  said,
  says,
  sayTwice,
  startLossyProxy,
  TENANT,
  useFaultyMongod,
} from '../../test/faulty-store.ts';
import { rebuild } from '../maintenance/rebuild.ts';

useFaultyMongod();

describe('a batch that mongod fails', () => {
  const faults: [string, string[], number, Document][] = [
    ['a write conflict', ['update'], 1, { errorCode: 112, errorLabels: ['TransientTransactionError'] }],
    [
      'write conflicts again and again',
      ['insert'],
      12,
      { errorCode: 112, errorLabels: ['TransientTransactionError'] },
    ],
    ['a connection that breaks before it is written', ['update'], 1, { closeConnection: true }],
    ['a connection that breaks before the commit', ['commitTransaction'], 1, { closeConnection: true }],
    [
      'a connection that breaks at each of several commits',
      ['commitTransaction'],
      5,
      { closeConnection: true },
    ],
    [
      'a commit that mongod answers before it is safe',
      ['commitTransaction'],
      3,
      { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } },
    ],
    [
      'a transaction that mongod has forgotten',
      ['commitTransaction'],
      1,
      { errorCode: 251, errorLabels: ['TransientTransactionError'] },
    ],
    [
      'a server that is no primary any more',
      ['insert'],
      1,
      { errorCode: 10_107, errorLabels: ['TransientTransactionError'] },
    ],
    ['a write that takes too long', ['update'], 1, { errorCode: 50 }],
  ];

  test.each(faults)(
    '%s: everything that was acknowledged is there, once and in order',
    async (_name, commands, times, how) => {
      await using opened = await openFaulty();
      const { store } = opened;
      const all = await conversations(store, 40);
      await fail(commands, times, how);
      const results = await sayTwice(store, all);
      expect(codesOf(results)).toEqual(results.map(() => 'ok'));
      const texts = await said(store);
      expect(all.map(({ id }) => texts.get(id))).toEqual(all.map(() => ['1', '2']));
      expect(await rebuild(store.collections)).toEqual({ checked: all.length, differences: [] });
    },
  );

  test('a commit whose reply is lost is not made again, though its commands have no keys', async () => {
    await using proxy = await startLossyProxy(Number(new URL(mongod.uri).port));
    await using opened = await openFaulty({}, `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`);
    const { store } = opened;
    const all = await conversations(store, 20);
    const lost = proxy.loseReplies('commitTransaction', 3);
    const results = await Promise.allSettled(
      ['pause', 'resume', 'close'].flatMap((change) =>
        all.map(({ id }) =>
          store.execute(caller, `conversations.${change as 'pause'}`, { conversationId: id, reason: change }),
        ),
      ),
    );
    expect(lost()).toBe(3);
    expect(codesOf(results)).toEqual(results.map(() => 'ok'));
    for (const { id } of all) {
      const kept = await store.conversations.get(TENANT, { conversationId: id });
      expect(kept).toMatchObject({ status: 'completed', version: 4, lastSeq: 4 });
    }
    expect((await rebuild(store.collections)).differences).toEqual([]);
  });

  test('reads that fail while a duplicate is looked up are made again', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const first = await store.execute(caller, 'messages.append', says(conversation, '1'));
    // The driver itself asks twice. An error that says the server shuts down would keep it away for ten seconds.
    await fail(['find'], 2, { errorCode: 262 });
    expect(await store.execute(caller, 'messages.append', says(conversation, '1'))).toEqual(first);
    await store.execute(caller, 'conversations.close', { conversationId: conversation.id });
    await fail(['find'], 2, { errorCode: 262 });
    expect(await store.execute(caller, 'messages.append', says(conversation, '1'))).toEqual(first);
  });
});

describe('one bad command of a batch of 64', () => {
  test("a document that mongod's validator refuses fails its own command, and not by a rule", async () => {
    await using opened = await openFaulty();
    const { store, connection } = opened;
    const all = await conversations(store, 32);
    const { cursor } = await connection.db.command({ listCollections: 1, filter: { name: 'timeline' } });
    const validator = { $and: [cursor.firstBatch[0].options.validator, { text: { $ne: 'forbidden' } }] };
    await connection.db.command({ collMod: 'timeline', validator });
    const results = await Promise.allSettled(
      ['1', '2'].flatMap((text) =>
        all.map((conversation, index) =>
          store.execute(
            caller,
            'messages.append',
            says(conversation, index === 17 && text === '1' ? 'forbidden' : text),
          ),
        ),
      ),
    );
    expect(codesOf(results)).toEqual(results.map((_, index) => (index === 17 ? 121 : 'ok')));
    const reason: unknown = results[17]?.status === 'rejected' ? results[17].reason : undefined;
    expect(reason).toBeInstanceOf(MongoServerError);
    expect(reason).not.toBeInstanceOf(Refusal);
    const texts = await said(store);
    expect(all.map(({ id }) => texts.get(id))).toEqual(
      all.map((_, index) => (index === 17 ? ['2'] : ['1', '2'])),
    );
    expect((await rebuild(store.collections)).differences).toEqual([]);
  });

  test('messages that were said before give their first answers, and their neighbours are said', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 32);
    const repeated = all.filter((_, index) => index % 5 === 0);
    const first = await Promise.all(
      repeated.map((conversation) => store.execute(caller, 'messages.append', says(conversation, '1'))),
    );
    const results = await sayTwice(store, all);
    expect(codesOf(results)).toEqual(results.map(() => 'ok'));
    const again = results.filter((_, index) => index < all.length && index % 5 === 0);
    expect(again).toEqual(first.map((value) => ({ status: 'fulfilled', value })));
    const texts = await said(store);
    expect(all.map(({ id }) => texts.get(id))).toEqual(all.map(() => ['1', '2']));
  });

  test('commands of one conversation are carried out in the order in which they were given', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 3);
    const [conversation] = all;
    if (conversation === undefined) throw new Error('three were made');
    await fail(['commitTransaction'], 2, { errorCode: 112, errorLabels: ['TransientTransactionError'] });
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
    await Promise.all(
      texts.map((text, index) => {
        const one = all[index % 7 === 0 ? 1 : 0] ?? conversation;
        return store.execute(caller, 'messages.append', says(one, text));
      }),
    );
    const kept = await said(store);
    expect(kept.get(conversation.id)).toEqual(texts.filter((_, index) => index % 7 !== 0));
    expect(kept.get(all[1]?.id ?? '')).toEqual(texts.filter((_, index) => index % 7 === 0));
  });
});
