import { type AgentId, type SendPolicy, timestamp } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOSER, DAY_MS, HOUR_MS, MINUTE_MS, Scenario, START, SUPERVISOR } from '../test/scenario.ts';
import { Refusal } from './refusal.ts';
import { type BudgetUse, type Sending, sendReasons } from './send-policy.ts';

function aSending(policy: SendPolicy, more: Partial<Sending> = {}): Sending {
  const zones = { contactZone: 'UTC', tenantZone: 'UTC' };
  return { policy, ...zones, lastCustomerAt: null, agentRun: 0, budgetUse: new Map(), ...more };
}

const budgetOf = (use: BudgetUse) => new Map<AgentId, BudgetUse>([[SUPERVISOR, use]]);

describe('the send policy', () => {
  const limits: SendPolicy = {
    budgets: [{ agentId: SUPERVISOR, tokensPerDay: 100, costMicrosPerDay: 50 }],
  };

  test.each([
    ['nothing is used up', { tokens: 99, costMicros: 49 }, []],
    ['the tokens are', { tokens: 100, costMicros: 0 }, ['BUDGET_SPENT']],
    ['the money is', { tokens: 0, costMicros: 50 }, ['BUDGET_SPENT']],
  ])('goes by the budget of the agent: %s', (_, use, codes) => {
    const { conversation } = new Scenario();
    const sending = aSending(limits, { budgetUse: budgetOf(use) });
    const reasons = sendReasons(conversation, { at: START, agentId: SUPERVISOR }, sending);
    expect(reasons.map(({ code }) => code)).toEqual(codes);
    for (const { until } of reasons) expect(until).toBe('2026-01-06T00:00:00.000Z');
  });

  test('names every reason, and refuses with the first', () => {
    const scenario = new Scenario({ channel: 'whatsapp' });
    const policy = {
      ...limits,
      windows: { whatsapp: { durationMs: DAY_MS } },
      quietHours: { from: '08:00', to: '10:00' },
      runLimit: 1,
    };
    const sending = aSending(policy, { agentRun: 1, budgetUse: budgetOf({ tokens: 100, costMicros: 0 }) });
    const message = {
      clientMessageId: 'm',
      author: { kind: 'agent', agentId: SUPERVISOR },
      text: 'Hi',
    } as const;
    const refusal = scenario.refusal('messages.append', message, { sending });
    expect(refusal).toMatchObject({
      code: 'WINDOW_CLOSED',
      details: {
        owner: { agentId: SUPERVISOR },
        reasons: [
          { code: 'WINDOW_CLOSED' },
          { code: 'QUIET_HOURS', until: '2026-01-05T10:00:00.000Z' },
          { code: 'RUN_LIMIT' },
          { code: 'BUDGET_SPENT' },
        ],
      },
    });
  });

  test('holds of what the tool of one agent says in public, and of no other tool', () => {
    const scenario = new Scenario();
    const sending = aSending({ runLimit: 1 }, { agentRun: 1 });
    const message = {
      clientMessageId: 'm',
      author: { kind: 'tool', agentId: SUPERVISOR },
      text: 'Booked',
    } as const;
    const asOne = { sending, isOneAgent: true };
    expect(scenario.refusal('messages.append', message, asOne).code).toBe('RUN_LIMIT');
    scenario.when('messages.append', message, { sending });
  });

  test('holds of the first message of a conversation', () => {
    const initialMessage = { text: 'Hi', author: { kind: 'agent', agentId: SUPERVISOR } } as const;
    const sending = aSending({ windows: { web: { durationMs: DAY_MS } } });
    expect(() => new Scenario({ initialMessage }, { sending })).toThrow('only a template');
    const template = { name: 'hello' };
    const ofTool = { text: 'Hi', author: { kind: 'tool', agentId: SUPERVISOR } } as const;
    const passing = [{ ...initialMessage, template }, { text: 'Hi' }, ofTool];
    for (const first of passing)
      expect(new Scenario({ initialMessage: first }, { sending }).conversation.lastSeq).toBe(2);
    const asOne = { isOneAgent: true };
    expect(() => new Scenario({ initialMessage: ofTool }, { sending, ...asOne })).toThrow('only a template');
    const ofOther = { ...ofTool, author: { kind: 'tool', agentId: CLOSER } } as const;
    expect(() => new Scenario({ initialMessage: ofOther }, asOne)).toThrow('supervisor owns');
  });

  test('lets a turn answer the words that come in it', () => {
    const scenario = new Scenario();
    const sending = aSending({ quietHours: { from: '08:00', to: '10:00' }, runLimit: 2 }, { agentRun: 2 });
    const agent = { author: { kind: 'agent', agentId: SUPERVISOR }, text: 'Hi' } as const;
    const messages = [
      { clientMessageId: 'a', author: { kind: 'customer' }, text: 'Hello' },
      { clientMessageId: 'b', ...agent },
      { clientMessageId: 'c', ...agent },
    ] as const;
    scenario.when('messages.appendTurn', { messages: [...messages] }, { sending });
  });
});

type Step = { waitMs: number; by: 'customer' | 'agent' | 'note' | 'template'; said: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 30 * HOUR_MS }),
    by: fc.constantFrom('customer', 'agent', 'note', 'template'),
    said: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 25 },
);

const policies: fc.Arbitrary<SendPolicy> = fc.record(
  {
    quietHours: fc.constantFrom({ from: '21:00', to: '08:00' }, { from: '12:00', to: '14:30' }),
    windows: fc.constantFrom(
      { web: { durationMs: DAY_MS } },
      { web: { durationMs: HOUR_MS } },
      { sms: { durationMs: 1 } },
    ),
    runLimit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);

type Past = { at: number; by: Step['by'] };

/** What the policy says of one message after all that was said before, looked at from the beginning each time. */
function expectedCode(
  { quietHours, windows, runLimit }: SendPolicy,
  past: readonly Past[],
  { at, by, isAnswer }: Past & { isAnswer: boolean },
  zoneHours: number,
): string | null {
  if (by === 'customer' || by === 'note') return null;
  const customers = past.filter((message) => message.by === 'customer');
  const last = customers.at(-1)?.at ?? -Infinity;
  if (windows?.web !== undefined && by !== 'template' && at - last >= windows.web.durationMs)
    return 'WINDOW_CLOSED';
  if (quietHours !== undefined && !isAnswer) {
    const local = new Date(at + zoneHours * HOUR_MS).toISOString().slice(11, 16);
    const { from, to } = quietHours;
    const isQuiet = from < to ? from <= local && local < to : local >= from || local < to;
    if (isQuiet) return 'QUIET_HOURS';
  }
  let run = 0;
  for (const message of past) {
    if (message.by === 'customer') run = 0;
    else if (message.by !== 'note') run += 1;
  }
  return runLimit !== undefined && run >= runLimit ? 'RUN_LIMIT' : null;
}

test('is what a look at the whole history says, whatever was said before', () => {
  const zones = fc.constantFrom(['UTC', 0] as const, ['Asia/Tokyo', 9] as const, ['Etc/GMT+7', -7] as const);
  fc.assert(
    fc.property(steps, policies, zones, (all, policy, [zone, zoneHours]) => {
      const scenario = new Scenario();
      const past: Past[] = [];
      for (const [index, { waitMs, by, said }] of all.entries()) {
        scenario.wait(waitMs);
        const at = Date.parse(scenario.now);
        const isWaiting = past.findLast((message) => message.by !== 'note')?.by === 'customer';
        const isAnswer = isWaiting || by === 'customer';
        const would: Past[] = [];
        let expected: string | null = null;
        for (let count = 0; count < said && expected === null; count += 1) {
          expected = expectedCode(policy, [...past, ...would], { at, by, isAnswer }, zoneHours);
          would.push({ at, by });
        }
        const author =
          by === 'customer'
            ? ({ kind: 'customer' } as const)
            : ({ kind: 'agent', agentId: SUPERVISOR } as const);
        const messages = Array.from({ length: said }, (_, place) => ({
          clientMessageId: `${index}-${place}`,
          author,
          text: 'Hello',
          visibility: by === 'note' ? ('internal' as const) : ('public' as const),
          ...(by === 'template' && { template: { name: 'hello' } }),
        }));
        const lastCustomer = past.findLast((message) => message.by === 'customer');
        const since = past.slice(past.findLastIndex((message) => message.by === 'customer') + 1);
        const sending = aSending(policy, {
          contactZone: zone,
          lastCustomerAt: lastCustomer === undefined ? null : timestamp(lastCustomer.at),
          agentRun: since.filter((message) => message.by !== 'note').length,
        });
        let refused: string | null = null;
        try {
          scenario.when('messages.appendTurn', { messages }, { sending });
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refused = error.code;
        }
        expect(refused).toBe(expected);
        if (expected === null) past.push(...would);
        // A scenario moves its clock on by itself only where something was said.
        if (refused !== null) scenario.wait(MINUTE_MS);
      }
    }),
  );
});

describe('a withdrawal of consent', () => {
  const consent = { state: 'withdrawn', at: START, source: 'Wrote STOP' } as const;
  const message = {
    clientMessageId: 'm',
    author: { kind: 'agent', agentId: SUPERVISOR },
    text: 'Hi',
    template: { name: 'hello' },
  } as const;

  test('refuses what agents say, without any policy, until consent is given again', () => {
    const scenario = new Scenario();
    scenario.customerSays('Stop');
    scenario.when('contacts.noteConsent', { consent });
    expect(scenario.refusal('messages.append', message)).toMatchObject({
      code: 'CONTACT_OPTED_OUT',
      details: { reasons: [{ code: 'CONTACT_OPTED_OUT' }] },
    });
    scenario.when('messages.append', { ...message, author: { kind: 'system' } });
    scenario.when('contacts.noteConsent', { consent: { ...consent, state: 'granted' } });
    scenario.when('messages.append', { ...message, clientMessageId: 'n' });
  });

  test('holds of conversations that begin afterwards', () => {
    const initialMessage = { text: 'Hi', author: { kind: 'agent', agentId: SUPERVISOR } } as const;
    expect(() => new Scenario({ initialMessage }, { consent })).toThrow('withdrew consent');
  });

  test('ends the open follow-ups', () => {
    const scenario = new Scenario();
    scenario.scheduleFollowUp();
    scenario.when('contacts.noteConsent', { consent });
    expect(scenario.conversation.followUps).toEqual([]);
    expect(scenario.entries.at(-1)).toMatchObject({
      action: 'cancelled',
      followUp: { outcome: 'The contact withdrew consent' },
    });
  });
});
