import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '@baton/repository';
import { testDatabase, watchable } from '@baton/testing';
import { expect, test } from 'vitest';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { OPERAND } from '../test/fuzz/hostile-input.ts';
import { KnownValues } from '../test/fuzz/known-values.ts';
import { ANSWERED } from '../test/fuzz/requests.ts';
import { openFuzzTarget, pollutionOfPrototypes } from '../test/fuzz/target.ts';
import { faultsOfStore } from '../test/fuzz/verify-store.ts';

/** As many for each procedure, however many there are; `pnpm fuzz` makes more. */
const CALLS = 10 * ANSWERED.length;
const SEED = 16;

test('calls of every procedure by every role, valid and hostile, are answered as they should be', async () => {
  await using database = await testDatabase();
  await using target = await openFuzzTarget(database.uri);
  const report = await fuzz({ ...target, calls: CALLS, seed: SEED, slowMs: 5_000 });
  expect(report.faults).toEqual([]);
  expect(target.logged).toEqual([]);
  expect(target.driver.faults).toEqual([]);
  expect(pollutionOfPrototypes()).toEqual([]);
  expect(await faultsOfStore(target.store)).toEqual([]);
  // It would find nothing if everything were refused.
  expect(report.codes.get('done')).toBeGreaterThan(CALLS / 8);
  expect(report.done.size).toBeGreaterThan(ANSWERED.length / 2);
  expect(target.driver.seen).toBeGreaterThan(CALLS / 2);
}, 60_000);

test('an operator that reaches the driver, and a store that differs from its timelines, are found', async () => {
  await using database = await testDatabase();
  await using target = await openFuzzTarget(database.uri);
  await using connection = await connect(watchable(database.uri));
  const conversations = connection.db.collection('conversations');
  await conversations.findOne({ contactId: { $ne: OPERAND } });
  await conversations.findOne({ contactId: OPERAND });
  expect(target.driver.faults).toEqual(['find: filter.contactId.$ne']);
  await conversations.updateOne({}, { $inc: { handoffCount: 1 } });
  expect(await faultsOfStore(target.store)).toEqual([expect.stringContaining('differs in handoffCount')]);
});

test('an answer that blames the server, one that is not in form and a slow one are found', async () => {
  const answers = [
    [500, '{"error":{"data":{"baton":{"code":"INTERNAL"}}}}'],
    [200, 'hello'],
    [400, '{"error":{"message":"No code"}}'],
  ] as const;
  let count = 0;
  const server = createServer((request, response) => {
    const [status, text] = answers[(count += 1) % answers.length] ?? answers[0];
    request.resume().on('end', () => setTimeout(() => response.writeHead(status).end(text), 5));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A listening TCP server always has an address of this form.
  const { port } = server.address() as AddressInfo;
  const { faults } = await fuzz({
    url: `http://127.0.0.1:${port}`,
    credentials: [{ name: 'nobody', headers: {} }],
    known: new KnownValues(),
    calls: 40,
    seed: SEED,
    slowMs: 1,
  });
  server.closeAllConnections();
  server.close();
  const kinds = new Set(faults.map(({ what }) => what.replace(/\d+ ms/, 'long').replace(/ in a stream/, '')));
  expect(kinds).toEqual(
    new Set(['status 500', 'INTERNAL', 'no JSON', 'no code of Baton', 'took long alone']),
  );
});
