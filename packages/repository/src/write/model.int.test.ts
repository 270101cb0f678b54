import { Refusal } from '@baton/domain';
import {
  AgentId,
  type CommandInput,
  commandInputs,
  type CommandType,
  type Conversation,
  CreateConversation,
  type FollowUpId,
  type FollowUpStatus,
  type HandoffId,
  type HandoffStatus,
  type SalesStage,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('model');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };
const AGENTS = ['supervisor', 'qualifier', 'closer'].map((id) => AgentId.parse(id));
const PERSON = AgentId.parse('maria');
const DESK = AgentId.parse('desk');
const MEMBERS = [AgentId.parse('closer'), PERSON];
const HOUR_MS = 3_600_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let contacts = 0;
/** The clock of the store: it goes on, and the model moves it. */
let hours = 0;
const now = () => Date.now() + hours * HOUR_MS;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore({ ...connection, now });
  await store.agents.ensureDefaults(TENANT, {});
  const common = { roles: [], capacity: null, availability: 'available' as const };
  await store.agents.register(TENANT, { id: PERSON, kind: 'human', members: [], ...common });
  await store.agents.register(TENANT, { id: DESK, kind: 'queue', members: MEMBERS, ...common });
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
  /** Whom the pending handoff asks, and how it stands with its time. */
  pending: { to: AgentId; time: 'endless' | 'running' | 'over' } | null;
  /** What became of each handoff that was asked for. */
  requests: HandoffStatus[];
  stage: SalesStage;
  /** Whether a deal was agreed on once. */
  hasDeal: boolean;
  /** Every follow-up that there was. */
  followUps: ModelFollowUp[];
};

type ModelFollowUp = {
  status: FollowUpStatus;
  onReply: boolean;
  attempts: number;
  maxAttempts: number;
  /** Due, due within the hour, or in years. */
  due: 'now' | 'soon' | 'someday';
};

type Real = {
  conversation: Conversation;
  /** Of each handoff that was asked for. */
  handoffIds: HandoffId[];
  /** Of each follow-up that there was. */
  followUpIds: FollowUpId[];
  said: number;
};

/** Runs a command and answers with the refusal's code, or null where it was done. */
async function run(real: Real, type: CommandType, input: object): Promise<string | null> {
  try {
    // Of one of the types, and the input of that very type.
    const parsed = commandInputs[type].parse(input) as CommandInput<typeof type>;
    const { conversation, entries } = await store.execute(caller, type, parsed);
    real.conversation = conversation;
    for (const entry of entries) {
      if (entry.kind === 'follow_up' && entry.action === 'scheduled')
        real.followUpIds.push(entry.followUp.id);
      if (entry.kind === 'handoff' && entry.action === 'requested') real.handoffIds.push(entry.handoff.id);
    }
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
        attempts: conversation.followUps.reduce((sum, { attempts }) => sum + attempts, 0),
        due: conversation.followUps.filter(({ dueAt }) => Date.parse(dueAt) <= now()).length,
      }).toEqual({
        owner: model.owner,
        epoch: model.epoch,
        stage: model.stage,
        closed: model.closed,
        pending: model.pending?.to ?? null,
        followUps: openOf(model).length,
        attempts: openOf(model).reduce((sum, { attempts }) => sum + attempts, 0),
        due: openOf(model).filter(({ due }) => due === 'now').length,
      });
    },
  };
}

function openOf({ followUps }: Model): ModelFollowUp[] {
  return followUps.filter(({ status }) => status === 'open');
}

/** Changes every follow-up that is open. */
function changeOpen(model: Model, change: (followUp: ModelFollowUp) => Partial<ModelFollowUp>): void {
  model.followUps = model.followUps.map((followUp) =>
    followUp.status === 'open' ? { ...followUp, ...change(followUp) } : followUp,
  );
}

function endRequest(model: Model, status: HandoffStatus): void {
  if (model.pending === null) return;
  model.pending = null;
  model.requests = [...model.requests.slice(0, -1), status];
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
    changeOpen(model, ({ onReply }) => (onReply ? { status: 'cancelled' } : {}));
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

/** Null is whoever owns the conversation, or was asked to take it. */
type Chosen = AgentId | null;
type HandOver = { type: 'handoffs.transfer' | 'handoffs.request'; from: Chosen; to: AgentId; ends: boolean };

const handOver = ({ type, from, to, ends }: HandOver) =>
  step({
    name: `${type} ${from ?? 'the owner'} to ${to}${ends ? ' for half an hour' : ''}`,
    foresee(model) {
      if (model.closed) return 'CONVERSATION_CLOSED';
      if (from !== null && from !== model.owner) return 'NOT_OWNER';
      if (to === model.owner) return 'INVALID_INPUT';
      if (model.pending !== null) return 'HANDOFF_PENDING';
      if (isLoop(model, to)) return 'HANDOFF_LOOP';
      if (type === 'handoffs.transfer') {
        // A queue owns nothing: it is asked, and a member takes.
        if (to === DESK) return 'INVALID_INPUT';
        own(model, to);
      } else {
        model.pending = { to, time: ends ? 'running' : 'endless' };
        model.requests = [...model.requests, 'pending'];
      }
      return null;
    },
    act: (real, { owner }) =>
      run(real, type, {
        conversationId: real.conversation.id,
        from: from ?? owner,
        to,
        reason: 'Because',
        trigger: 'manual',
        ...(ends &&
          type === 'handoffs.request' && { expiresAt: new Date(now() + HOUR_MS / 2).toISOString() }),
      }),
  });

const answer = (type: 'handoffs.accept' | 'handoffs.reject' | 'handoffs.cancel', chosen: Chosen) =>
  step({
    name: `${type} by ${chosen ?? 'the one that was asked'}`,
    foresee(model) {
      const { pending, owner } = model;
      if (pending === null) return 'HANDOFF_NOT_PENDING';
      const by = chosen ?? pending.to;
      if (type === 'handoffs.accept') {
        if (pending.time === 'over') return 'HANDOFF_NOT_PENDING';
        const isAsked = by === pending.to || (pending.to === DESK && MEMBERS.includes(by));
        if (!isAsked) return 'FORBIDDEN';
        if (by === owner) return 'ALREADY_OWNER';
        if (by === DESK) return 'INVALID_INPUT';
        if (isLoop(model, by)) return 'HANDOFF_LOOP';
        endRequest(model, 'accepted');
        own(model, by);
        return null;
      }
      if (type === 'handoffs.reject' && by !== pending.to) return 'FORBIDDEN';
      endRequest(model, type === 'handoffs.reject' ? 'rejected' : 'cancelled');
      return null;
    },
    async act(real, { pending }) {
      const handoffId = real.handoffIds.at(-1);
      const by = chosen ?? pending?.to ?? PERSON;
      return handoffId === undefined ? 'HANDOFF_NOT_PENDING' : run(real, type, { handoffId, by });
    },
  });

const expire = step({
  name: 'the handoff expires',
  foresee(model) {
    if (model.pending?.time !== 'over') return 'HANDOFF_NOT_PENDING';
    endRequest(model, 'expired');
    return null;
  },
  async act(real) {
    const handoffId = real.handoffIds.at(-1);
    return handoffId === undefined ? 'HANDOFF_NOT_PENDING' : run(real, 'handoffs.expire', { handoffId });
  },
});

const anHourPasses = step({
  name: 'an hour passes',
  foresee(model) {
    if (model.pending?.time === 'running') model.pending = { ...model.pending, time: 'over' };
    changeOpen(model, ({ due }) => ({ due: due === 'soon' ? 'now' : due }));
    return null;
  },
  async act() {
    hours += 1;
    return null;
  },
});

const takeOver = step({
  name: 'a person takes over',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    if (model.owner === PERSON) return 'ALREADY_OWNER';
    endRequest(model, 'cancelled');
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
    endRequest(model, 'cancelled');
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

const schedule = (onReply: boolean, maxAttempts: number) =>
  step({
    name: `schedule for ${maxAttempts} attempts${onReply ? ', until the customer replies' : ''}`,
    foresee(model) {
      const fresh = { status: 'open', onReply, attempts: 0, maxAttempts, due: 'now' } as const;
      model.followUps = [...model.followUps, fresh];
      return null;
    },
    act: (real) =>
      run(real, 'followUps.schedule', {
        conversationId: real.conversation.id,
        type: 'nurture',
        dueAt: '2020-01-01T00:00:00.000Z',
        finalAttemptAt: '2100-01-01T00:00:00.000Z',
        maxAttempts,
        cancelOn: onReply ? ['customer_reply', 'close'] : ['close'],
      }),
  });

/** One of the follow-ups that there were, open or not, by a number that may be any. */
function pick<Item>(items: readonly Item[], any: number): Item | undefined {
  return items.length === 0 ? undefined : items[any % items.length];
}

/** What a step does to one follow-up that is open. */
function changeOne(model: Model, chosen: ModelFollowUp, change: Partial<ModelFollowUp>): null {
  model.followUps = model.followUps.map((followUp) =>
    followUp === chosen ? { ...followUp, ...change } : followUp,
  );
  return null;
}

/** A worker claims a follow-up and ends its work, under its lease or with a token that is not the live one. */
const work = (type: 'followUps.complete' | 'followUps.fail', isMine: boolean, any: number) =>
  step({
    name: `${type} ${isMine ? 'under the lease' : 'with a stolen token'}, of ${any}`,
    foresee(model) {
      const followUp = pick(model.followUps, any);
      if (followUp === undefined) return 'no follow-up';
      if (followUp.status !== 'open' || !isMine) return 'LEASE_LOST';
      const attempts = followUp.attempts + 1;
      if (type === 'followUps.complete') return changeOne(model, followUp, { attempts, status: 'completed' });
      const status = attempts >= followUp.maxAttempts ? 'dead' : 'open';
      return changeOne(model, followUp, { attempts, status, due: 'soon' });
    },
    async act(real) {
      const followUpId = pick(real.followUpIds, any);
      if (followUpId === undefined) return 'no follow-up';
      const [mine] = await store.followUps.claim(TENANT, { limit: 1, leaseMs: 60_000, followUpId });
      const leaseToken = isMine && mine !== undefined ? mine.leaseToken : 'stolen';
      const ending = type === 'followUps.fail' ? { error: 'No answer' } : {};
      const result = await run(real, type, { followUpId, leaseToken, ...ending });
      if (mine !== undefined && !isMine) {
        const ofThis = { tenantId: TENANT, conversationId: new ObjectId(real.conversation.id) };
        await store.collections.follow_ups.collection.updateMany(ofThis, { $set: { lease: null } });
      }
      return result;
    },
  });

/** A person puts a follow-up off for years, or cancels it. */
const change = (type: 'followUps.snooze' | 'followUps.cancel', any: number) =>
  step({
    name: `${type} ${any}`,
    foresee(model) {
      const followUp = pick(model.followUps, any);
      if (followUp === undefined) return 'no follow-up';
      if (followUp.status !== 'open') return 'FOLLOW_UP_NOT_OPEN';
      return changeOne(
        model,
        followUp,
        type === 'followUps.snooze' ? { due: 'someday' } : { status: 'cancelled' },
      );
    },
    async act(real) {
      const followUpId = pick(real.followUpIds, any);
      if (followUpId === undefined) return 'no follow-up';
      const until = type === 'followUps.snooze' ? { until: '2090-01-01T00:00:00.000Z' } : {};
      return run(real, type, { followUpId, ...until });
    },
  });

const close = step({
  name: 'close',
  foresee(model) {
    if (model.closed) return 'INVALID_STATUS';
    model.closed = true;
    endRequest(model, 'cancelled');
    changeOpen(model, () => ({ status: 'cancelled' }));
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
const anyNumber = fc.nat(9);

const chosen = fc.oneof({ arbitrary: fc.constant(null), weight: 2 }, anyAgent);
const anyHandOver = fc
  .record({
    type: fc.constantFrom('handoffs.transfer', 'handoffs.request', 'handoffs.request'),
    from: chosen,
    to: fc.constantFrom(...AGENTS, PERSON, DESK, DESK, DESK, DESK),
    ends: fc.boolean(),
  })
  .map(handOver);
const anyAnswer = fc
  .tuple(
    fc.constantFrom(
      'handoffs.accept',
      'handoffs.accept',
      'handoffs.accept',
      'handoffs.reject',
      'handoffs.cancel',
    ),
    fc.oneof(fc.constant(null), anyAgent, fc.constantFrom(...MEMBERS)),
  )
  .map(([type, by]) => answer(type, by));

// What stands several times comes so much more often: what follows from a handoff takes several steps in a row.
const steps = fc.commands(
  [
    fc.constant(customerSays),
    fc.tuple(anyAgent, fc.nat(1)).map(([agentId, late]) => agentSays(agentId, late)),
    anyHandOver,
    anyHandOver,
    anyAnswer,
    anyAnswer,
    anyAnswer,
    fc.constant(expire),
    fc.constant(anHourPasses),
    fc.constant(takeOver),
    fc.constant(giveBack),
    fc.tuple(anyStage, fc.boolean()).map(([to, isPrepared]) => move(to, isPrepared)),
    fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 2 })).map(([onReply, most]) => schedule(onReply, most)),
    fc
      .tuple(
        fc.constantFrom('followUps.complete' as const, 'followUps.fail' as const),
        fc.boolean(),
        anyNumber,
      )
      .map(([type, isMine, any]) => work(type, isMine, any)),
    fc
      .tuple(fc.constantFrom('followUps.snooze' as const, 'followUps.cancel' as const), anyNumber)
      .map(([type, any]) => change(type, any)),
    fc.constantFrom(close, reopen, reopen),
  ],
  { maxCommands: 40, size: 'max' },
);

/** What became of each handoff that was asked for and of each follow-up, as the lists have it. */
async function fatesOf({ conversation: { id: conversationId }, handoffIds, followUpIds }: Real) {
  const [handoffs, followUps] = await Promise.all([
    store.handoffs.list(TENANT, { conversationId, limit: 100 }),
    store.followUps.list(TENANT, { conversationId, limit: 100 }),
  ]);
  const statusIn = (items: readonly { id: string; status: string }[]) => (id: string) =>
    items.find((item) => item.id === id)?.status;
  return {
    requests: handoffIds.map(statusIn(handoffs.items)),
    followUps: followUpIds.map(statusIn(followUps.items)),
  };
}

test('ownership, handoffs, stages and follow-ups do what the contract says, whatever comes in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (commands) => {
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
        requests: [],
        stage: 'lead',
        hasDeal: false,
        followUps: [],
      };
      const real: Real = { conversation, handoffIds: [], followUpIds: [], said: 0 };
      await fc.asyncModelRun(() => ({ model, real }), commands);
      const { requests, followUps } = model;
      expect(await fatesOf(real)).toEqual({ requests, followUps: followUps.map(({ status }) => status) });
    }),
    { numRuns: 60 },
  );
  expect((await rebuild(store.collections)).differences).toEqual([]);
}, 90_000);
