import {
  AgentId,
  CreateConversation,
  CreateFile,
  ErrorCode,
  RaiseObjection,
  RegisterAgent,
  RequestHandoff,
  Role,
  ScheduleFollowUp,
} from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  ANA,
  type Answer,
  newContact,
  OTHER_TENANT,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import { NO_IDS, type Fixture, procedures } from '../test/procedures.ts';
import { fieldAnswers, isTaken, NAMES_OTHERS, roleAnswers } from '../test/role-answers.ts';
import { actingFields, namesAgent, sampleAs, schemaOf } from '../test/role-samples.ts';

const BEN = AgentId.parse('ben');
/** Ids of one tenant in inputs; what stands for somebody's own name is looked for in the caller's tenant. */
const IDS = new Set(['conversationId', 'handoffId', 'objectionId', 'followUpId', 'keyId']);

/** A follow-up that is due, and may be claimed for long. */
const DUE = { dueAt: '2024-01-01T00:00:00.000Z', finalAttemptAt: '2040-01-01T00:00:00.000Z' };

let server: TestServer;
/** What no refused call changes. */
let shared: Fixture;
const keys = new Map<Role, string>();
const strangerKeys = new Map<Role, string>();

beforeAll(async () => {
  server = await startTestServer();
  const { store } = server;
  const ofPerson = RegisterAgent.parse({ id: BEN, kind: 'human' });
  await store.agents.register(TENANT, ofPerson);
  await store.agents.register(OTHER_TENANT, { ...ofPerson, id: ANA });
  for (const role of Role.options) {
    const named = { name: role, role, agentId: ANA };
    keys.set(role, (await store.apiKeys.create({ tenantId: TENANT, ...named })).key);
    strangerKeys.set(role, (await store.apiKeys.create({ tenantId: OTHER_TENANT, ...named })).key);
  }
  shared = await newFixture();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A conversation of Ana's with one of each thing, and another that she is asked to take. */
async function newFixture(): Promise<Fixture> {
  const { store } = server;
  const caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false } as const;
  const create = async (input: object) => {
    const parsed = CreateConversation.parse({ contactId: newContact(), channel: 'web', ...input });
    return (await store.execute(caller, 'conversations.create', parsed)).conversation;
  };
  const [{ id: conversationId }, { id: askedId }] = await Promise.all([
    // An agent edits its own words only.
    create({ agentId: ANA, initialMessage: { text: 'Hello', author: { kind: 'agent', agentId: ANA } } }),
    create({}),
  ]);
  const sampleOf = (path: string, of: string) => procedures[path]?.input({ ...NO_IDS, conversationId: of });
  const [raised, scheduled, requested] = await Promise.all([
    store.execute(
      caller,
      'objections.raise',
      RaiseObjection.parse(sampleOf('objections.raise', conversationId)),
    ),
    store.execute(
      caller,
      'followUps.schedule',
      ScheduleFollowUp.parse({ ...sampleOf('followUps.schedule', conversationId), ...DUE }),
    ),
    store.execute(
      caller,
      'handoffs.request',
      RequestHandoff.parse({ ...sampleOf('handoffs.request', askedId), to: ANA }),
    ),
  ]);
  const [followUp] = scheduled.conversation.followUps;
  if (followUp === undefined) throw new Error('No follow-up was scheduled');
  const claim = { limit: 1, leaseMs: 60_000, followUpId: followUp.id };
  const { id: keyId } = await store.apiKeys.create({ tenantId: TENANT, name: 'Fixture', role: 'viewer' });
  const note = CreateFile.parse(sampleOf('files.create', conversationId));
  const { file } = await store.files.create(TENANT, note, caller.actor);
  const [claimed] = await store.followUps.claim(TENANT, claim);
  return {
    contactId: scheduled.conversation.contactId,
    conversationId,
    handoffId: requested.conversation.pendingHandoff?.id ?? '',
    objectionId: raised.conversation.objections[0]?.id ?? '',
    followUpId: followUp.id,
    fileId: file.id,
    leaseToken: claimed?.leaseToken ?? '',
    keyId,
  };
}

const ERROR = z.object({
  error: z.object({
    data: z.object({ baton: z.object({ code: ErrorCode, details: z.looseObject({}).optional() }) }),
  }),
});

/** `ok`, the code of the refusal, or `role` where the credential's role or its agent is why. */
function answerOf({ status, body }: Answer): string {
  if (status === 200) return 'ok';
  const { code, details } = ERROR.parse(body).error.data.baton;
  return code === 'FORBIDDEN' && details?.['role'] !== undefined ? 'role' : code;
}

async function send(path: string, key: string | undefined, input: object | undefined): Promise<string> {
  if (key === undefined) throw new Error('No key of that role');
  const isQuery = procedures[path]?.type === 'query';
  return answerOf(await (isQuery ? server.query(path, input, { key }) : server.mutate(path, input, { key })));
}

const namesIds = (path: string) =>
  path === 'privacy.eraseContact' ||
  Object.keys(procedures[path]?.input(NO_IDS) ?? {}).some((key) => IDS.has(key));

test('the table has each procedure that a credential opens', () => {
  expect(Object.keys(roleAnswers).toSorted()).toEqual(Object.keys(procedures).toSorted());
});

describe.each(Object.entries(roleAnswers))('%s', (path, [itself, another, answer]) => {
  test(`takes ${itself} as itself`, async () => {
    const answers = Role.options.map(async (role) => {
      const takes = isTaken(itself, role);
      const changes = takes && procedures[path]?.type === 'mutation' && namesIds(path);
      const fixture = changes ? await newFixture() : shared;
      return [role, await send(path, keys.get(role), sampleAs(path, fixture, ANA))];
    });
    expect(Object.fromEntries(await Promise.all(answers))).toEqual(
      Object.fromEntries(Role.options.map((role) => [role, isTaken(itself, role) ? answer : 'role'])),
    );
  });

  test(`takes ${JSON.stringify(another)} as another`, async () => {
    expect(actingFields(path).length > 0).toBe(another !== null);
    for (const field of actingFields(path)) {
      const marks = (typeof another === 'string' ? another : another?.[field]) ?? '';
      const answers = Role.options.map(async (role) => {
        const takes = isTaken(marks, role);
        const fixture = takes ? await newFixture() : shared;
        return [role, (await send(path, keys.get(role), sampleAs(path, fixture, BEN, field))) !== 'role'];
      });
      expect(Object.fromEntries(await Promise.all(answers))).toEqual(
        Object.fromEntries(Role.options.map((role) => [role, isTaken(marks, role)])),
      );
    }
  });

  if (!namesIds(path)) return;

  test('knows nothing of another tenant', async () => {
    const before = await server.counts();
    const answers = Role.options.map(async (role) => [
      role,
      await send(path, strangerKeys.get(role), sampleAs(path, shared, ANA)),
    ]);
    const unknown = path === 'conversations.restore' ? 'ID_TAKEN' : 'NOT_FOUND';
    expect(Object.fromEntries(await Promise.all(answers))).toEqual(
      Object.fromEntries(Role.options.map((role) => [role, isTaken(itself, role) ? unknown : 'role'])),
    );
    expect(await server.counts()).toEqual(before);
  });
});

describe('of what only some say', () => {
  const mutations = Object.keys(procedures).filter((path) => procedures[path]?.type === 'mutation');
  const saying: Record<keyof typeof fieldAnswers, (path: string) => object | null> = {
    at: (path) => ('at' in schemaOf(path) ? { at: '2024-01-01T00:00:00.000Z' } : null),
    force: (path) => ('force' in schemaOf(path) ? { force: true, reason: 'Asked for' } : null),
    customer: (path) => authored(path, { kind: 'customer' }),
    system: (path) => authored(path, { kind: 'system' }),
    tool: (path) => authored(path, { kind: 'tool' }),
  };

  function authored(path: string, author: object): object | null {
    const shape = schemaOf(path);
    if ('author' in shape) return { author };
    if ('messages' in shape) return { messages: [{ clientMessageId: 'm', author, text: 'Hello' }] };
    return 'initialMessage' in shape ? { initialMessage: { author, text: 'Hello' } } : null;
  }

  test.each(Object.entries(fieldAnswers))(
    '%s is taken from %s alone, whatever the procedure',
    async (said, marks) => {
      // A key of the table, which `Object.entries` calls a string.
      const inputOf = saying[said as keyof typeof fieldAnswers];
      const paths = mutations.filter((path) => inputOf(path) !== null);
      expect(paths.length).toBeGreaterThan(3);
      for (const path of paths) {
        const [itself] = roleAnswers[path] ?? [''];
        for (const role of Role.options.filter((each) => isTaken(itself, each))) {
          const more = inputOf(path) ?? {};
          const withReason = 'reason' in schemaOf(path) || !('reason' in more) ? more : { force: true };
          const input = { ...sampleAs(path, shared, ANA), ...withReason };
          if (isTaken(marks, role)) continue;
          expect([path, role, await send(path, keys.get(role), input)]).toEqual([path, role, 'role']);
        }
      }
    },
  );

  test('an agent that acts is told from one that is named', () => {
    const named = mutations.flatMap((path) =>
      Object.entries(schemaOf(path))
        .filter(([, schema]) => namesAgent(schema))
        .map(([field]) => `${path}.${field}`),
    );
    const acting = mutations.flatMap((path) => actingFields(path).map((field) => `${path}.${field}`));
    const restored = named.filter((field) => /^(?:agents|conversations)\.restore\./.test(field));
    expect(named.toSorted()).toEqual([...acting, ...NAMES_OTHERS, ...restored].toSorted());
  });
});
