import { Refusal } from '@baton/domain';
import {
  type CommandType,
  type Conversation,
  type MetricsPeriod,
  ObjectionType,
  SalesStage,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANNELS, Recomputed, recomputeCounts } from '../../test/recomputed-metrics.ts';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { fillRollUps } from '../maintenance/roll-ups.ts';
import { adminQueries } from '../read/admin.ts';
import { agentQueries } from '../read/agent.ts';
import { metricsQueries } from '../read/metrics/metrics.ts';
import { objectionQueries } from '../read/objection.ts';
import { BIN_ERROR } from './histogram.ts';
import { countConversations } from './roll-up.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const AGENTS = [SUPERVISOR, QUALIFIER, CLOSER];
/** History begins so long before now. */
const HISTORY_MS = 300 * DAY_MS;

let database: TestDatabase;
let processes: Scenario[];
let tenants = 0;

beforeAll(async () => {
  database = await testDatabase();
  processes = [await Scenario.open(database.uri), await Scenario.open(database.uri)];
});

afterAll(async () => {
  for (const process of processes) await process[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

type Step = {
  /** Which of the conversations, and which of the processes. */
  of: number;
  by: number;
  does: string;
  /** Chooses an agent, a stage, a channel, an objection. */
  choice: number;
  /** How long after the conversation's last entry. */
  after: number;
};

const after = fc.oneof(
  fc.integer({ min: 0, max: 3 * MINUTE_MS }),
  fc.integer({ min: 0, max: 3 * 60 * MINUTE_MS }),
  fc.integer({ min: 0, max: 25 * DAY_MS }),
);
const DOES = ['asks', 'answers', 'moves', 'hands over', 'wins', 'loses', 'objects', 'settles', 'reopens'];
const OTHERS = ['redacts', 'schedules', 'requests', 'counts', 'creates'];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    of: fc.nat({ max: 4 }),
    by: fc.nat({ max: 1 }),
    does: fc.constantFrom(...DOES, ...DOES, ...OTHERS),
    choice: fc.nat({ max: 63 }),
    after,
  }),
  { minLength: 30, maxLength: 70 },
);
const instant = fc.integer({ min: 0, max: HISTORY_MS });
const period = fc.record({
  from: fc.option(instant, { nil: undefined }),
  length: fc.option(fc.oneof(after, instant), { nil: undefined }),
  rounds: fc.constantFrom(1, MINUTE_MS, 60 * MINUTE_MS, DAY_MS),
  channel: fc.option(fc.constantFrom(...CHANNELS.slice(0, 2)), { nil: undefined }),
});

const chosen = <Value>(values: readonly Value[], choice: number): Value => {
  const value = values[choice % values.length];
  if (value === undefined) throw new Error('Nothing to choose from');
  return value;
};

/** The conversations of one run, each with a clock of its own, so that history comes in any order. */
class History {
  readonly #tenantId: TenantId;
  readonly #conversations: { conversation: Conversation; now: number }[] = [];
  readonly #began: number;
  #said = 0;

  constructor(tenantId: TenantId, began: number) {
    this.#tenantId = tenantId;
    this.#began = began;
  }

  async take({ of, by, does, choice, after: passed }: Step): Promise<void> {
    const process = chosen(processes, by);
    if (does === 'counts') return fillRollUps(process.collections);
    const one = this.#conversations[of];
    if (does === 'creates' || one === undefined) return this.#create(process, choice, passed);
    one.now = Math.min(one.now + passed, Date.now() - 1_000);
    const input = inputOf(does, one.conversation, choice, (this.#said += 1));
    if (input === null) return;
    const [type, fields] = input;
    // What names an objection or a handoff names no conversation.
    const isNamed = 'objectionId' in fields || 'handoffId' in fields;
    const place = isNamed ? {} : { conversationId: one.conversation.id };
    try {
      // The input of that very type, which the compiler cannot pair.
      const whole = { ...place, at: timestamp(one.now), ...fields } as never;
      const { conversation } = await process.run(type, whole, this.#tenantId);
      one.conversation = conversation;
    } catch (error) {
      // Not every step may be taken at any time.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #create(process: Scenario, choice: number, passed: number): Promise<void> {
    const channel = chosen(CHANNELS.slice(0, 3), choice);
    const at = this.#began + passed * 3;
    const contactId = `contact-${(this.#said += 1)}`;
    const input = { channel, contactId, agentId: chosen(AGENTS, choice), at: timestamp(at) };
    const conversation = await process.create(input, this.#tenantId);
    this.#conversations.push({ conversation, now: at });
  }
}

type Input = [type: CommandType, fields: object] | null;

function inputOf(does: string, conversation: Conversation, choice: number, number: number): Input {
  const agentId = conversation.owner.agentId;
  const other = chosen(
    AGENTS.filter((one) => one !== agentId),
    choice,
  );
  const say = (author: object, fields: object = {}): Input => [
    'messages.append',
    { clientMessageId: `said-${number}`, author, text: 'Hm', ...fields },
  ];
  const objection = [...conversation.objections, ...conversation.deferredObjections].at(-1);
  const handing = { from: agentId, to: other, reason: 'Please', trigger: 'manual' };
  switch (does) {
    case 'asks':
      return say({ kind: 'customer' });
    case 'answers': {
      const usage = { model: 'm', inputTokens: choice, outputTokens: 1, costMicros: choice * 2 };
      if (choice % 4 === 0) return say({ kind: 'agent', agentId: other }, { visibility: 'internal' });
      return say({ kind: 'agent', agentId }, choice % 3 === 0 ? {} : { usage });
    }
    case 'moves':
      return [
        'stages.transition',
        { to: chosen(SalesStage.options, choice), force: true, reason: 'So', lossReason: 'No' },
      ];
    case 'hands over':
      return ['handoffs.transfer', handing];
    case 'requests':
      return conversation.pendingHandoff === null
        ? ['handoffs.request', handing]
        : [
            'handoffs.accept',
            { handoffId: conversation.pendingHandoff.id, by: conversation.pendingHandoff.to },
          ];
    case 'wins':
      return choice % 3 > 0
        ? null
        : ['deals.close', { outcome: 'won', deal: { monthlyValueCents: choice, paymentMethod: 'ach' } }];
    case 'loses':
      return choice % 3 > 0 ? null : ['deals.close', { outcome: 'lost', lossReason: 'No' }];
    case 'objects':
      return [
        'objections.raise',
        { type: chosen(ObjectionType.options, choice), text: 'Hm', severity: 'low' },
      ];
    case 'settles': {
      if (objection === undefined) return null;
      const { id: objectionId } = objection;
      const answer = { objectionId, method: 'Said', handledBy: agentId, confidence: 1 };
      return choice % 2 === 0
        ? ['objections.resolve', answer]
        : ['objections.defer', { objectionId, reason: 'Later' }];
    }
    case 'reopens':
      return [conversation.status === 'active' ? 'conversations.pause' : 'conversations.reopen', {}];
    case 'redacts':
      return ['messages.redact', { seq: conversation.lastMessage?.seq ?? 1 }];
    default:
      return ['followUps.schedule', { type: 'nurture', dueAt: timestamp(Date.now()) }];
  }
}

type Numbers = { medianMs: number | null; p90Ms: number | null };

function expectPercentiles(found: readonly Numbers[], expected: readonly Numbers[]): void {
  for (const [index, { medianMs, p90Ms }] of found.entries())
    for (const [is, was] of [
      [medianMs, expected[index]?.medianMs],
      [p90Ms, expected[index]?.p90Ms],
    ] as const) {
      if (is === null || was == null) expect(is).toBe(was);
      else expect(Math.abs(is - was)).toBeLessThanOrEqual(was * BIN_ERROR);
    }
}

/** The percentiles are compared by themselves. */
const withoutPercentiles = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, field: unknown) =>
      key === 'medianMs' || key === 'p90Ms' ? undefined : field,
    ),
  );

async function compare(tenantId: TenantId, periods: readonly MetricsPeriod[]): Promise<void> {
  const { collections } = chosen(processes, 0);
  const recomputed = await Recomputed.read(collections, tenantId);
  for (const input of periods) {
    const expected = recomputed(input);
    const [overview, funnel, stays, answers, agents, objections] = await Promise.all([
      metricsQueries.overview(collections, tenantId, input),
      metricsQueries.funnel(collections, tenantId, input),
      metricsQueries.timeInStage(collections, tenantId, input),
      metricsQueries.responseTimes(collections, tenantId, input),
      metricsQueries.agents(collections, tenantId, input),
      objectionQueries.stats(collections, tenantId, input),
    ]);
    expect(overview).toEqual(expected.overview());
    expect(funnel).toEqual(expected.funnel());
    expect(agents).toEqual(expected.agents());
    expect(objections).toEqual(expected.objections());
    const [staysExpected, answersExpected] = [expected.timeInStage(), expected.responseTimes()];
    expect(withoutPercentiles(stays)).toEqual(withoutPercentiles(staysExpected));
    expect(withoutPercentiles(answers)).toEqual(withoutPercentiles(answersExpected));
    expectPercentiles(stays.stages, staysExpected.stages);
    expectPercentiles([answers.all, ...answers.byAgent], [answersExpected.all, ...answersExpected.byAgent]);
  }
  const counts = await recomputeCounts(collections, tenantId);
  expect(await adminQueries.stats(collections, tenantId, {})).toMatchObject(counts.stats);
  const before = Date.now();
  for (const { agent, longestWaitMs, ...work } of await agentQueries.workload(collections, tenantId, {})) {
    const { waitingSince, ...load } = counts.load(agent.id);
    expect(work).toMatchObject(load);
    if (waitingSince === null) expect(longestWaitMs).toBeNull();
    else expect(Math.abs((longestWaitMs ?? 0) - (before - waitingSince))).toBeLessThan(5_000);
  }
}

test('figures equal what the timelines say, whatever was written, counted and asked for in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(period, { minLength: 10, maxLength: 16 }), async (taken, asked) => {
      tenants += 1;
      const tenantId = await chosen(processes, 0).tenant(`tenant_${tenants}`);
      const began = Date.now() - HISTORY_MS;
      const history = new History(tenantId, began);
      for (const step of taken) await history.take(step);
      const periods = asked.map(({ from, length, rounds, channel }): MetricsPeriod => {
        const begin = Math.floor((began + (from ?? 0)) / rounds) * rounds;
        const end =
          length === undefined ? undefined : begin + Math.max(rounds, Math.floor(length / rounds) * rounds);
        return {
          ...(from !== undefined && { from: timestamp(begin) }),
          ...(end !== undefined && { to: timestamp(end) }),
          ...(channel && { channel }),
        };
      });
      await compare(tenantId, [{}, ...periods]);
      await fillRollUps(chosen(processes, 1).collections);
      await compare(tenantId, periods);
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 90_000);

test('conversations that are named again and again are counted once', async () => {
  const scenario = chosen(processes, 0);
  const tenantId = await scenario.tenant('named_again');
  const history = new History(tenantId, Date.now() - HISTORY_MS);
  for (let of = 0; of < 3; of += 1) await history.take({ of, by: 0, does: 'asks', choice: 0, after: 1 });
  const { collections } = scenario;
  const stored = await collections.timeline.acrossTenants('test').distinct('conversationId', { tenantId });
  const ids = Array.from({ length: 150 }, () => stored).flat();
  await countConversations(collections, tenantId, ids);
  const { stats } = await recomputeCounts(collections, tenantId);
  expect(await adminQueries.stats(collections, tenantId, {})).toMatchObject(stats);
});
