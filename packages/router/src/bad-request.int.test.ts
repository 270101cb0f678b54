import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { changesNothing, faultsOf } from '../test/faults.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('a request', () => {
  test('that is no JSON is refused', async () => {
    await changesNothing(server, async () => {
      for (const body of ['{"contactId":', 'contactId=ann', '{"a":1}{"b":2}']) {
        expect(faultsOf(await server.mutate('conversations.create', body))).toMatchObject({
          status: 400,
          code: 'INVALID_INPUT',
        });
      }
      const search = await server.query('conversations.get?input=%7B');
      expect(faultsOf(search)).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    });
  });

  test('larger than 16 MiB is refused before it is read', async () => {
    await changesNothing(server, async () => {
      const answer = await server.mutate('conversations.create', {
        contactId: 'x'.repeat(17 * 1024 * 1024),
        channel: 'web',
      });
      expect(faultsOf(answer)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    });
  });

  test('of a form, or of no type at all, is refused without being read', async () => {
    await changesNothing(server, async () => {
      for (const type of [
        'multipart/form-data; boundary=x',
        'application/octet-stream',
        'text/plain',
        'application/x-www-form-urlencoded',
      ]) {
        const answer = await server.mutate('session.signIn', '{"token":"x"}', {
          key: null,
          headers: { 'content-type': type },
        });
        expect(faultsOf(answer), type).toMatchObject({ status: 415, code: 'INVALID_INPUT' });
      }
    });
  });

  test('for a procedure that is none is refused', async () => {
    expect(faultsOf(await server.query('conversations.steal'))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect(faultsOf(await server.mutate('nothing', {}))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(faultsOf(await server.query('../elsewhere'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('changes nothing by GET, and may ask by POST', async () => {
    await changesNothing(server, async () => {
      const changed = await server.query('conversations.create', { contactId: 'ann', channel: 'web' });
      expect(faultsOf(changed)).toMatchObject({ status: 405, code: 'INVALID_INPUT' });
    });
    expect((await server.mutate('conversations.list', {})).status).toBe(200);
  });
});
