import { Refusal } from '@baton/domain';
import {
  AgentId,
  type Command,
  commandInputs,
  type CommandType,
  type Conversation,
  ConversationId,
  TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandRequest, CommandResult } from './batch.ts';
import { commit } from './commit.ts';
import { RegisteredAgents } from './registered-agents.ts';
import { SendPolicies } from './send-policies.ts';
import type { Caller } from './submit-command.ts';
import { TwoStores } from '../../test/two-stores.ts';

const TENANT = TenantId.parse('seats');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };
const CLOSER = AgentId.parse('closer');

let two: TwoStores;
let stores: TwoStores['stores'];
let contacts = 0;
let agents = 0;

beforeAll(async () => {
  two = await TwoStores.open(TENANT);
  ({ stores } = two);
});

afterAll(() => two[Symbol.asyncDispose]());

async function execute(type: CommandType, input: object): Promise<Conversation> {
  return (await stores[0].execute(caller, type, commandInputs[type].parse(input))).conversation;
}

const conversationOf = (agentId: AgentId) =>
  execute('conversations.create', { contactId: `contact-${(contacts += 1)}`, channel: 'web', agentId });

/** A person of this capacity. */
async function aPerson(capacity: number): Promise<AgentId> {
  const id = AgentId.parse(`person_${(agents += 1)}`);
  const common = { roles: [], availability: 'available' as const, members: [] };
  await stores[0].agents.register(TENANT, { id, kind: 'human', capacity, ...common });
  return id;
}

type Prepared = { type: CommandType; input: object };

/** Every way to get an active conversation: what comes before it, and the command itself. */
const ways: Record<string, (person: AgentId) => Promise<Prepared>> = {
  create: async (person) => ({
    type: 'conversations.create',
    input: { contactId: `contact-${(contacts += 1)}`, channel: 'web', agentId: person },
  }),
  resume: async (person) => {
    const { id } = await conversationOf(person);
    await execute('conversations.pause', { conversationId: id });
    return { type: 'conversations.resume', input: { conversationId: id } };
  },
  reopen: async (person) => {
    const { id } = await conversationOf(person);
    await execute('conversations.abandon', { conversationId: id });
    return { type: 'conversations.reopen', input: { conversationId: id } };
  },
  transfer: async (person) => {
    const { id } = await conversationOf(CLOSER);
    return {
      type: 'handoffs.transfer',
      input: { conversationId: id, from: CLOSER, to: person, reason: 'Yours', trigger: 'manual' },
    };
  },
  accept: async (person) => {
    const { id } = await conversationOf(CLOSER);
    const input = { conversationId: id, from: CLOSER, to: person, reason: 'Yours', trigger: 'manual' };
    const { pendingHandoff } = await execute('handoffs.request', input);
    return { type: 'handoffs.accept', input: { handoffId: pendingHandoff?.id, by: person } };
  },
  takeover: async (person) => {
    const { id } = await conversationOf(CLOSER);
    return { type: 'handoffs.takeover', input: { conversationId: id, by: person } };
  },
  release: async (person) => {
    const { id } = await conversationOf(CLOSER);
    return { type: 'handoffs.release', input: { conversationId: id, by: CLOSER, to: person } };
  },
};

/** Every way to be rid of an active conversation. */
const exits: Record<string, (conversation: Conversation) => Prepared> = {
  close: ({ id }) => ({ type: 'conversations.close', input: { conversationId: id } }),
  abandon: ({ id }) => ({ type: 'conversations.abandon', input: { conversationId: id } }),
  pause: ({ id }) => ({ type: 'conversations.pause', input: { conversationId: id } }),
  'deal lost': ({ id }) => ({
    type: 'deals.close',
    input: { conversationId: id, outcome: 'lost', lossReason: 'Too dear' },
  }),
  transfer: ({ id, owner }) => ({
    type: 'handoffs.transfer',
    input: { conversationId: id, from: owner.agentId, to: CLOSER, reason: 'Yours', trigger: 'manual' },
  }),
  release: ({ id, owner }) => ({
    type: 'handoffs.release',
    input: { conversationId: id, by: owner.agentId, to: CLOSER },
  }),
};

async function requestOf({ type, input }: Prepared): Promise<CommandRequest> {
  const parsed: object = commandInputs[type].parse(input);
  const handoffId: unknown = Reflect.get(parsed, 'handoffId');
  const id = new ObjectId().toHexString();
  const handoff =
    typeof handoffId === 'string'
      ? await stores[0].collections.handoffs.acrossTenants('test').findOne({ _id: new ObjectId(handoffId) })
      : null;
  const conversationId: unknown = Reflect.get(parsed, 'conversationId') ?? handoff?.['conversationId'] ?? id;
  return {
    tenantId: TENANT,
    conversationId: ConversationId.parse(String(conversationId)),
    // A type and the input of that very type, which the compiler cannot pair.
    command: { type, input: parsed } as Command,
    actor: { kind: 'system' },
    mayForce: false,
    id,
    key: null,
  };
}

/** Commits all in one transaction. */
async function commitTogether(...prepared: Prepared[]): Promise<CommandResult[]> {
  const [connection] = two.connections;
  const requests = await Promise.all(prepared.map(requestOf));
  return commit(requests, {
    client: connection.client,
    deadline: performance.now() + 10_000,
    collections: stores[0].collections,
    cachedConversations: new Map(),
    sendPolicies: new SendPolicies(stores[0].collections),
    mayBeStale: false,
    isSharded: false,
    cachedPieces: new Map(),
    registeredAgents: new RegisteredAgents(stores[0].collections),
  });
}

const codesOf = (results: readonly CommandResult[]) =>
  results.map((result) => (result.kind === 'refused' ? result.refusal.code : null));

async function activeOf(person: AgentId): Promise<number> {
  const [workload] = await stores[1].agents.workload(TENANT, { agentId: person });
  return workload?.activeConversations ?? 0;
}

describe.each(Object.entries(ways))('a conversation by %s', (_, prepareWay) => {
  test('is refused alone where the agent is full, and not where one more fits', async () => {
    const person = await aPerson(1);
    const taking = await prepareWay(person);
    const seat = await conversationOf(person);
    expect(codesOf(await commitTogether(taking))).toEqual(['AGENT_FULL']);
    await execute('conversations.pause', { conversationId: seat.id });
    expect(codesOf(await commitTogether(taking))).toEqual([null]);
    expect(await activeOf(person)).toBe(1);
  });

  test.each(Object.entries(exits))(
    'meets in one batch the place that a %s frees, where that comes first',
    async (__, exit) => {
      const person = await aPerson(1);
      const taking = await prepareWay(person);
      const freeing = exit(await conversationOf(person));
      expect(codesOf(await commitTogether(taking, freeing))).toEqual(['AGENT_FULL', null]);

      const other = await aPerson(1);
      const takingAfter = await prepareWay(other);
      const freeingBefore = exit(await conversationOf(other));
      expect(codesOf(await commitTogether(freeingBefore, takingAfter))).toEqual([null, null]);
      expect(await activeOf(other)).toBe(1);
    },
  );

  test.each(Object.entries(ways))(
    'and one by %s in one batch fill the last place once',
    async (__, other) => {
      const person = await aPerson(1);
      const both = [await prepareWay(person), await other(person)];
      expect(codesOf(await commitTogether(...both))).toEqual([null, 'AGENT_FULL']);
      expect(await activeOf(person)).toBe(1);
    },
  );

  test('and one by a transfer to two servers at once fill the last place once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await aPerson(1);
      const both = [await prepareWay(person), await (ways['transfer'] ?? prepareWay)(person)];
      const codes = await Promise.all(
        both.map(async ({ type, input }, server) => {
          try {
            await (stores[server] ?? stores[0]).execute(caller, type, commandInputs[type].parse(input));
            return null;
          } catch (error) {
            return error instanceof Refusal ? error.code : String(error);
          }
        }),
      );
      expect(codes.filter((code) => code !== null)).toEqual(['AGENT_FULL']);
      expect(await activeOf(person)).toBe(1);
    }
  });
});
