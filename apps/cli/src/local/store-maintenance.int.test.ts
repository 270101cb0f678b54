import { testDatabase } from '@baton/testing';
import { MongoClient, ObjectId } from 'mongodb';
import { afterEach, expect, test, vi } from 'vitest';
import { printedLines } from '../../test/printed-lines.ts';
import { findingLines, isHealthy, runDoctor } from './doctor.ts';
import { runMigrate, runMigrateStatus } from './migrate.ts';

afterEach(() => vi.unstubAllEnvs());

test('migrate says what it would do, does it once, and doctor is content', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  const dry = printedLines();
  await runMigrate({ dryRun: true }, dry.print);
  expect(dry.all()).toMatch(/\d+ steps would be taken; nothing was changed\.$/);
  expect(dry.all()).toContain('migration 0001-initial');
  expect(dry.all()).toContain('  create collection timeline');
  const before = printedLines();
  await runMigrateStatus({}, before.print);
  expect(before.all()).toContain('waiting  0001-initial');
  const sick = printedLines();
  expect(await runDoctor({}, sick.print)).toBe(false);
  expect(sick.all()).toContain('migration 0001-initial has not run: baton migrate');

  const done = printedLines();
  await runMigrate({}, done.print);
  expect(done.all()).toMatch(/Done: \d+ steps\.$/);
  const again = printedLines();
  await runMigrate({}, again.print);
  expect(again.all()).toBe('The store is up to date.');
  const json = printedLines();
  await runMigrate({ json: true }, json.print);
  await runMigrateStatus({ json: true }, json.print);
  expect(
    json
      .all()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line))),
  ).toEqual([
    ['dryRun', 'migrations', 'schema'],
    ['applied', 'pending', 'unknown'],
  ]);
  const after = printedLines();
  await runMigrateStatus({}, after.print);
  expect(after.all()).toMatch(/^done {5}0001-initial/);

  const client = await MongoClient.connect(database.uri);
  const ran = { appliedAt: new Date(), durationMs: 1 };
  await client
    .db()
    .collection<{ _id: string; requires?: string }>('migrations')
    .insertMany([
      { _id: '9998-added', ...ran },
      { _id: '9999-removed', requires: '9998-added', ...ran },
    ]);
  const newer = printedLines();
  await runMigrateStatus({}, newer.print);
  expect(newer.all()).toContain('unknown  9998-added (made by a newer version)');
  expect(newer.all()).toContain(
    'unknown  9999-removed (made by a newer version; this one cannot serve the store)',
  );
  await client.db().collection('timeline').dropIndex('by_seq');
  await client.db().command({ collMod: 'agents', validationLevel: 'moderate' });
  await client.close();
  const hurt = printedLines();
  expect(await runDoctor({}, hurt.print)).toBe(false);
  expect(hurt.all()).toContain('timeline: index by_seq is missing');
  expect(hurt.all()).toContain(
    'agents: validator is different\n  validationLevel: "strict" is declared, "moderate" found\n',
  );
  expect(hurt.all()).toContain('baton migrate puts validators and indexes right.');
});

test('the doctor shows the settings with secrets hidden, and what is wrong with them', async () => {
  await using database = await testDatabase();
  const uri = new URL(database.uri);
  const { print, all } = printedLines();
  vi.stubEnv('MONGODB_URI', database.uri);
  await runMigrate({}, () => undefined);
  vi.stubEnv(
    'MONGODB_URI',
    `${uri.href}${uri.search === '' ? '?' : '&'}tlsCertificateKeyFilePassword=s3cret`,
  );
  vi.stubEnv('BATON_NESTINGS', '20');
  expect(await runDoctor({}, print)).toBe(true);
  expect(all()).toMatch(/^ {2}MONGODB_URI +mongodb:.*tlsCertificateKeyFilePassword=hidden$/m);
  expect(all()).toMatch(/^ {2}BATON_PORT +4000 \(default\)$/m);
  expect(all()).toContain('BATON_NESTINGS is set, and no setting: is BATON_NESTING meant?');
  expect(all()).not.toContain('s3cret');

  vi.stubEnv('BATON_NESTING', '1');
  const faulty = printedLines();
  expect(await runDoctor({}, faulty.print)).toBe(false);
  expect(faulty.all()).toContain('BATON_NESTING: Expected a whole number of levels, 16 or more, not "1"');
  const json = printedLines();
  expect(await runDoctor({ json: true }, json.print)).toBe(false);
  expect(json.all()).not.toContain('s3cret');
  expect(JSON.parse(json.all()).settings.faults).toHaveLength(1);
});

test('the doctor reads every document, and names those that it cannot read', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  await runMigrate({}, () => undefined);
  const whole = printedLines();
  expect(await runDoctor({}, whole.print)).toBe(true);
  expect(whole.all()).toMatch(/documents? read, 0 cannot be\.$/);
  const client = await MongoClient.connect(database.uri);
  const entries = Array.from({ length: 101 }, (_, seq) => ({ tenantId: 'acme', seq, kind: 'mood' }));
  const past = { bypassDocumentValidation: true };
  await client.db().collection('timeline').insertMany(entries, past);
  await client.close();
  const hurt = printedLines();
  const progress: string[] = [];
  expect(await runDoctor({ rebuild: true }, hurt.print, (what) => progress.push(what))).toBe(false);
  expect(hurt.all()).toMatch(/^timeline "[0-9a-f]{24}" of acme cannot be read at kind$/m);
  expect(hurt.all()).toContain('… and 1 more\nWhat cannot be read is of a newer version, or damaged.\n');
  expect(progress.filter((what) => what === 'documents').length).toBeGreaterThan(101);
});

test('the doctor names each conversation that is not its timeline', () => {
  const report = { checked: 2, differences: [{ tenantId: 't', conversationId: 'c', fields: ['owner'] }] };
  const searchTerms = { written: 1, removed: 0 };
  const rollUps = { conversations: 1, buckets: 4 };
  const schema = { ok: true, differences: [] };
  const findings = { schema, pendingMigrations: [], searchTerms, rollUps, rebuild: report };
  // Ids are branded; only their text is printed here.
  const given = findings as unknown as Parameters<typeof findingLines>[0];
  expect(isHealthy(given)).toBe(false);
  expect(findingLines(given)).toContain('t c differs from its timeline: owner');
  expect(findingLines(given)).toContain('1 message added to the search, 0 taken out.');
  expect(findingLines(given)).toContain('1 conversation counted again, 4 sums of figures put right.');
});

test('the doctor puts right what search knows, where it folds every timeline', async () => {
  await using database = await testDatabase();
  vi.stubEnv('MONGODB_URI', database.uri);
  await runMigrate({}, () => undefined);
  const client = await MongoClient.connect(database.uri);
  const terms = client.db().collection('search_terms');
  await terms.insertOne({
    tenantId: 'acme',
    conversationId: new ObjectId(),
    seq: 2,
    author: { kind: 'customer' },
    text: '没有',
    terms: ['没有', '有'],
  });
  const output = printedLines();
  expect(await runDoctor({}, output.print)).toBe(true);
  expect(await terms.countDocuments()).toBe(1);
  expect(await runDoctor({ rebuild: true }, output.print)).toBe(true);
  expect(output.all()).toContain('0 messages added to the search, 1 taken out.');
  expect(await terms.countDocuments()).toBe(0);
  await client.close();
});
