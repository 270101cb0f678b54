import { Refusal } from '@baton/domain';
import {
  AgentId,
  type CommandInput,
  commandInputs,
  type CommandType,
  type Conversation,
  type FollowUpId,
  type FollowUpStatus,
  type HandoffId,
  type HandoffStatus,
  type SalesStage,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import type fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { connect, type Connection } from '../src/connection/connection.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import { openStore, type Store } from '../src/store.ts';
import type { Caller } from '../src/write/submit-command.ts';
import { HOUR_MS, movedClock } from './clocks.ts';

export const TENANT = TenantId.parse('model');

export const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };

export const AGENTS = ['supervisor', 'qualifier', 'closer'].map((id) => AgentId.parse(id));

export const PERSON = AgentId.parse('maria');

export const DESK = AgentId.parse('desk');

export const MEMBERS = [AgentId.parse('closer'), PERSON];

export let database: Awaited<ReturnType<typeof testDatabase>>;

export let connection: Connection;

export let store: Store;

let contacts = 0;

export const newContactId = () => `contact-${(contacts += 1)}`;

/** The clock of the store: it goes on, and the model moves it. */
let hours = 0;

/** Moves the store's clock on by an hour. */
export function passAnHour(): void {
  hours += 1;
}

export const now = () => Date.now() + hours * HOUR_MS;

/** What a reader of the contract expects of one conversation, written without the domain's code. */
export type Model = {
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

export type ModelFollowUp = {
  status: FollowUpStatus;
  onReply: boolean;
  attempts: number;
  maxAttempts: number;
  /** Due, due within the hour, or in years. */
  due: 'now' | 'soon' | 'someday';
};

export type Real = {
  conversation: Conversation;
  /** Of each handoff that was asked for. */
  handoffIds: HandoffId[];
  /** Of each follow-up that there was. */
  followUpIds: FollowUpId[];
  said: number;
};

/** Runs a command and answers with the refusal's code, or null where it was done. */
export async function run(real: Real, type: CommandType, input: object): Promise<string | null> {
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

export type Step = {
  name: string;
  /** What the command does to the model; the code of the refusal where it does nothing. */
  foresee: (model: Model) => string | null;
  act: (real: Real, model: Model) => Promise<string | null>;
};

/** A step of fast-check: the store must answer as the model does, and stand where the model stands. */
export function step({ name, foresee, act }: Step): fc.AsyncCommand<Model, Real> {
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

export function openOf({ followUps }: Model): ModelFollowUp[] {
  return followUps.filter(({ status }) => status === 'open');
}

/** Changes every follow-up that is open. */
export function changeOpen(model: Model, change: (followUp: ModelFollowUp) => Partial<ModelFollowUp>): void {
  model.followUps = model.followUps.map((followUp) =>
    followUp.status === 'open' ? { ...followUp, ...change(followUp) } : followUp,
  );
}

export function endRequest(model: Model, status: HandoffStatus): void {
  if (model.pending === null) return;
  model.pending = null;
  model.requests = [...model.requests.slice(0, -1), status];
}

export function own(model: Model, to: AgentId): void {
  model.previous = model.owner;
  model.owner = to;
  model.epoch += 1;
  model.chain = [...model.chain, to].slice(-4);
}

export function isLoop(model: Model, to: AgentId): boolean {
  const [a, b, c, d] = [...model.chain, to].slice(-4);
  return d !== undefined && a === c && b === d;
}

/** Opens it before the tests of a file, and closes it after them. */
export function useModelStore(): void {
  beforeAll(async () => {
    database = await testDatabase();
    connection = await connect(database.uri);
    await migrate(connection.db);
    store = openStore({ ...connection, clock: movedClock(now) });
    await store.agents.ensureDefaults(TENANT, {});
    const common = { roles: [], capacity: null, availability: 'available' as const };
    await store.agents.register(TENANT, { id: PERSON, kind: 'human', members: [], ...common });
    await store.agents.register(TENANT, { id: DESK, kind: 'queue', members: MEMBERS, ...common });
  });

  afterAll(async () => {
    await connection.client.close();
    await database[Symbol.asyncDispose]();
  });
}
