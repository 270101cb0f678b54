import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('a cursor', () => {
  beforeAll(async () => {
    for (let count = 0; count < 3; count += 1) {
      await server.baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'sms' });
    }
  });

  test('goes on where the page before ended, and ends with null', async () => {
    const { api } = server.baton;
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await api.conversations.list.query({ channel: 'sms', limit: 1, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(3);
  });

  test('that was changed, or is of another list, another filter or another tenant, is refused', async () => {
    const { nextCursor } = await server.baton.api.conversations.list.query({ channel: 'sms', limit: 1 });
    if (nextCursor === null) throw new Error('There is one page only');
    const changed = Buffer.from(
      Buffer.from(nextCursor, 'base64url')
        .toString()
        .replace(/\d{4}-/, '1999-'),
    ).toString('base64url');
    const refusals = [
      server.baton.api.conversations.list.query({ channel: 'sms', limit: 1, cursor: changed }),
      server.baton.api.conversations.list.query({ channel: 'sms', limit: 1, cursor: 'nonsense' }),
      server.baton.api.conversations.list.query({ channel: 'sms', limit: 1, cursor: `${nextCursor}A` }),
      server.baton.api.conversations.list.query({ channel: 'web', limit: 1, cursor: nextCursor }),
      server.baton.api.conversations.listByStage.query({ stage: 'lead', limit: 1, cursor: nextCursor }),
      server.baton.api.handoffs.list.query({ limit: 1, cursor: nextCursor }),
      server.stranger.api.conversations.list.query({ channel: 'sms', limit: 1, cursor: nextCursor }),
    ].map(refusalOf);
    for (const refusal of await Promise.all(refusals)) {
      expect(refusal).toMatchObject({ code: 'INVALID_CURSOR', trpc: 'BAD_REQUEST', status: 400 });
    }
  });
});
