import { Refusal } from '@baton/domain';
import {
  AgentId,
  type CommandInput,
  type CommandType,
  commandInputs,
  type Conversation,
  CreateConversation,
  type FollowUpId,
  type HandoffId,
  type SalesStage,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from './connection.ts';
import { migrate } from './migrations.ts';
import { rebuild } from './rebuild.ts';
import { type Caller, openStore, type Store } from './store.ts';

const TENANT = TenantId.parse('model');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };
const AGENTS = ['supervisor', 'qualifier', 'closer'].map((id) => AgentId.parse(id));
const PERSON = AgentId.parse('maria');

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let contacts = 0;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  await store.agents.register(TENANT, {
    id: PERSON,
    kind: 'human',
    roles: [],
    capacity: null,
    availability: 'available',
    members: [],
  });
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

/** What a reader of the contract expects of one conversation, written without the domain's code. */
type Model = {
  owner: AgentId;
  epoch: number;
  previous: AgentId | null;
  /** Owners since the customer's last word. */
  chain: AgentId[];
  closed: boolean;
  pending: AgentId | null;
  stage: SalesStage;
  /** Whether a deal was agreed on once. */
  hasDeal: boolean;
  /** Open follow-ups, oldest first, and whether a customer's reply ends them. */
  followUps: { onReply: boolean }[];
};

type Real = {
  conversation: Conversation;
  handoffId: HandoffId | null;
  followUpIds: FollowUpId[];
  said: number;
};

/** Runs a command and answers with the refusal's code, or null where it was done. */
async function run(real: Real, type: CommandType, input: object): Promise<string | null> {
  try {
    // Of one of the types, and the input of that very type.
    const parsed = commandInputs[type].parse(input) as CommandInput<typeof type>;
    const { conversation } = await store.execute(caller, type, parsed);
    real.conversation = conversation;
    real.handoffId = conversation.pendingHandoff?.id ?? real.handoffId;
    real.followUpIds = conversation.followUps.map(({ id }) => id);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

type Step = {
  name: string;
  /** What the command does to the model; the code of the refusal where it does nothing. */
  foresee: (model: Model) => string | null;
  act: (real: Real, model: Model) => Promise<string | null>;
};

/** A step of fast-check: the store must answer as the model does, and stand where the model stands. */
function step({ name, foresee, act }: Step): fc.AsyncCommand<Model, Real> {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      const before = { ...model };
      const expected = foresee(model);
      expect(await act(real, before)).toBe(expected);
      const { conversation } = real;
      expect({
        owner: conversation.owner.agentId,
        epoch: conversation.owner.epoch,
        stage: conversation.stage,
        closed: conversation.closedAt !== null,
        pending: conversation.pendingHandoff?.to ?? null,
        followUps: conversation.followUps.length,
      }).toEqual({
        owner: model.owner,
        epoch: model.epoch,
        stage: model.stage,
        closed: model.closed,
        pending: model.pending,
        followUps: model.followUps.length,
      });
    },
  };
}

function own(model: Model, to: AgentId): void {
  model.previous = model.owner;
  model.owner = to;
  model.epoch += 1;
  model.chain = [...model.chain, to].slice(-4);
}

function isLoop(model: Model, to: AgentId): boolean {
  const [a, b, c, d] = [...model.chain, to].slice(-4);
  return d !== undefined && a === c && b === d;
}

const customerSays = step({
  name: 'the customer says',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    model.chain = [model.owner];
    model.followUps = model.followUps.filter(({ onReply }) => !onReply);
    return null;
  },
  act(real) {
    const message = { clientMessageId: `m${(real.said += 1)}`, author: { kind: 'customer' }, text: 'Hello' };
    return run(real, 'messages.append', { conversationId: real.conversation.id, ...message });
  },
});

const agentSays = (agentId: AgentId, epochsLate: number) =>
  step({
    name: `${agentId} says, ${epochsLate} epochs late`,
    foresee(model) {
      if (model.closed) return 'CONVERSATION_CLOSED';
      if (epochsLate > 0 && model.epoch > 1) return 'STALE_OWNER';
      return agentId === model.owner ? null : 'NOT_OWNER';
    },
    act: (real, { epoch }) =>
      run(real, 'messages.append', {
        conversationId: real.conversation.id,
        clientMessageId: `m${(real.said += 1)}`,
        author: { kind: 'agent', agentId },
        ownerEpoch: Math.max(1, epoch - epochsLate),
        text: 'Hi',
      }),
  });

const handOver = (type: 'handoffs.transfer' | 'handoffs.request', from: AgentId, to: AgentId) =>
  step({
    name: `${type} ${from} to ${to}`,
    foresee(model) {
      if (model.closed) return 'CONVERSATION_CLOSED';
      if (from !== model.owner) return 'NOT_OWNER';
      if (to === from) return 'INVALID_INPUT';
      if (model.pending !== null) return 'HANDOFF_PENDING';
      if (isLoop(model, to)) return 'HANDOFF_LOOP';
      if (type === 'handoffs.request') model.pending = to;
      else own(model, to);
      return null;
    },
    act: (real) =>
      run(real, type, {
        conversationId: real.conversation.id,
        from,
        to,
        reason: 'Because',
        trigger: 'manual',
      }),
  });

const answer = (type: 'handoffs.accept' | 'handoffs.reject' | 'handoffs.cancel', by: AgentId) =>
  step({
    name: `${type} by ${by}`,
    foresee(model) {
      if (model.pending === null) return 'HANDOFF_NOT_PENDING';
      if (type !== 'handoffs.cancel' && by !== model.pending) return 'FORBIDDEN';
      if (type === 'handoffs.accept') {
        if (isLoop(model, by)) return 'HANDOFF_LOOP';
        own(model, by);
      }
      model.pending = null;
      return null;
    },
    async act(real) {
      if (real.handoffId === null) return 'HANDOFF_NOT_PENDING';
      return run(real, type, { handoffId: real.handoffId, by });
    },
  });

const takeOver = step({
  name: 'a person takes over',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    if (model.owner === PERSON) return 'ALREADY_OWNER';
    model.pending = null;
    own(model, PERSON);
    return null;
  },
  act: (real) => run(real, 'handoffs.takeover', { conversationId: real.conversation.id, by: PERSON }),
});

const giveBack = step({
  name: 'the person gives it back',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    if (model.owner !== PERSON) return 'NOT_OWNER';
    model.pending = null;
    own(model, model.previous ?? PERSON);
    return null;
  },
  act: (real) => run(real, 'handoffs.release', { conversationId: real.conversation.id, by: PERSON }),
});

const OPEN: Record<SalesStage, string> = {
  lead: 'qualification closed_lost follow_up',
  qualification: 'qualified objection_handling closed_lost follow_up',
  qualified: 'objection_handling closing closed_lost follow_up',
  objection_handling: 'qualified closing closed_lost follow_up',
  closing: 'closed_won closed_lost objection_handling follow_up',
  closed_won: 'follow_up',
  closed_lost: 'follow_up',
  follow_up: 'lead qualification qualified closing',
};

const move = (to: SalesStage, isPrepared: boolean) =>
  step({
    name: `move to ${to}${isPrepared ? ' with all it needs' : ''}`,
    foresee(model) {
      if (!OPEN[model.stage].split(' ').includes(to)) return 'INVALID_TRANSITION';
      if (to === 'qualified') return 'QUALIFICATION_INCOMPLETE';
      if (to === 'closed_won' && !isPrepared && !model.hasDeal) return 'DEAL_INCOMPLETE';
      if (to === 'closed_lost' && !isPrepared) return 'LOSS_REASON_REQUIRED';
      model.stage = to;
      model.hasDeal ||= to === 'closed_won';
      return null;
    },
    act: (real) =>
      run(real, 'stages.transition', {
        conversationId: real.conversation.id,
        to,
        ...(isPrepared && { lossReason: 'Too dear' }),
        ...(isPrepared &&
          to === 'closed_won' && { deal: { monthlyValueCents: 9_900, paymentMethod: 'ach' } }),
      }),
  });

const schedule = (onReply: boolean) =>
  step({
    name: `schedule${onReply ? ', until the customer replies' : ''}`,
    foresee(model) {
      model.followUps = [...model.followUps, { onReply }];
      return null;
    },
    act: (real) =>
      run(real, 'followUps.schedule', {
        conversationId: real.conversation.id,
        type: 'nurture',
        dueAt: '2020-01-01T00:00:00.000Z',
        finalAttemptAt: '2100-01-01T00:00:00.000Z',
        cancelOn: onReply ? ['customer_reply', 'close'] : ['close'],
      }),
  });

/** A worker claims what is due and does the first one, under its lease or with a token that is not the live one. */
const work = (isMine: boolean) =>
  step({
    name: isMine ? 'complete under the lease' : 'complete with a stolen token',
    foresee(model) {
      if (model.followUps.length === 0) return 'nothing due';
      if (!isMine) return 'LEASE_LOST';
      model.followUps = model.followUps.slice(1);
      return null;
    },
    async act(real) {
      const [followUpId] = real.followUpIds;
      if (followUpId === undefined) return 'nothing due';
      const claimed = await store.followUps.claim(TENANT, { limit: 100, leaseMs: 60_000 });
      const mine = claimed.find(({ followUp }) => followUp.id === followUpId);
      const leaseToken = isMine ? mine?.leaseToken : 'stolen';
      const result = await run(real, 'followUps.complete', { followUpId, leaseToken });
      await store.tables.follow_ups.collection.updateMany({ tenantId: TENANT }, { $set: { lease: null } });
      return result;
    },
  });

const close = step({
  name: 'close',
  foresee(model) {
    if (model.closed) return 'INVALID_STATUS';
    Object.assign(model, { closed: true, pending: null, followUps: [] });
    return null;
  },
  act: (real) => run(real, 'conversations.close', { conversationId: real.conversation.id }),
});

const reopen = step({
  name: 'reopen',
  foresee(model) {
    if (!model.closed) return 'INVALID_STATUS';
    model.closed = false;
    return null;
  },
  act: (real) => run(real, 'conversations.reopen', { conversationId: real.conversation.id }),
});

const anyAgent = fc.constantFrom(...AGENTS, PERSON);
const anyStage = fc.constantFrom(...(Object.keys(OPEN) as SalesStage[]));

const steps = fc.commands(
  [
    fc.constant(customerSays),
    fc.tuple(anyAgent, fc.nat(1)).map(([agentId, late]) => agentSays(agentId, late)),
    fc
      .tuple(fc.constantFrom('handoffs.transfer' as const, 'handoffs.request' as const), anyAgent, anyAgent)
      .map(([type, from, to]) => handOver(type, from, to)),
    fc
      .tuple(
        fc.constantFrom('handoffs.accept' as const, 'handoffs.reject' as const, 'handoffs.cancel' as const),
        anyAgent,
      )
      .map(([type, by]) => answer(type, by)),
    fc.constant(takeOver),
    fc.constant(giveBack),
    fc.tuple(anyStage, fc.boolean()).map(([to, isPrepared]) => move(to, isPrepared)),
    fc.boolean().map(schedule),
    fc.boolean().map(work),
    fc.constant(close),
    fc.constant(reopen),
  ],
  { maxCommands: 40, size: 'max' },
);

test('ownership, stages and follow-ups do what the contract says, whatever comes in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (commands) => {
      const setup = async () => {
        const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'sms' });
        const { conversation } = await store.execute(caller, 'conversations.create', input);
        const owner = conversation.owner.agentId;
        const model: Model = {
          owner,
          epoch: 1,
          previous: null,
          chain: [owner],
          closed: false,
          pending: null,
          stage: 'lead',
          hasDeal: false,
          followUps: [],
        };
        return {
          model,
          real: { conversation, handoffId: null, followUpIds: [], said: 0 } satisfies Real as Real,
        };
      };
      await fc.asyncModelRun(setup, commands);
    }),
    { numRuns: 60 },
  );
  expect((await rebuild(store.tables)).differences).toEqual([]);
}, 90_000);
