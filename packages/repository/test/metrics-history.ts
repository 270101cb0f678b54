import type { ConversationId, TenantId } from '@baton/schema';
import { afterAll, beforeAll } from 'vitest';
import { metricsQueries } from '../src/read/metrics/metrics.ts';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from './scenario.ts';

export const MINUTE = 60_000;

export const FEBRUARY = '2026-02-01T00:00:00.000Z';

export let scenario: Scenario;

export let nothing: TenantId;

export let won: ConversationId;

export const ask = <Name extends Exclude<keyof typeof metricsQueries, 'conversations'>>(
  name: Name,
  input: Parameters<(typeof metricsQueries)[Name]>[2] = {},
  tenantId = scenario.tenantId,
): ReturnType<(typeof metricsQueries)[Name]> =>
  // One query by its name, which the compiler cannot pair with its result.
  metricsQueries[name](scenario.collections, tenantId, input) as ReturnType<(typeof metricsQueries)[Name]>;

/** Opens it before the tests of a file, and closes it after them. */
export function useMetricsHistory(): void {
  beforeAll(async () => {
    scenario = await Scenario.openInNewDatabase();
    nothing = await scenario.tenant('nothing');

    // In January, on the web: asked, answered after 1 and after 3 minutes, handed to the closer, won.
    scenario.at('2026-01-10T10:00:00.000Z');
    ({ id: won } = await scenario.create({ channel: 'web' }));
    await scenario.say(won, 'Hi');
    await scenario.say(won, 'Hello', SUPERVISOR);
    await scenario.qualify(won);
    await scenario.run('handoffs.transfer', {
      conversationId: won,
      from: SUPERVISOR,
      to: CLOSER,
      reason: 'Close it',
      trigger: 'stage_complete',
      stage: 'closing',
    });
    await scenario.say(won, 'So?');
    scenario.wait(2);
    await scenario.run('messages.append', {
      conversationId: won,
      clientMessageId: 'offer',
      author: { kind: 'agent', agentId: CLOSER },
      text: 'Our offer',
      usage: { model: 'm', inputTokens: 100, outputTokens: 20, costMicros: 7 },
    });
    await scenario.run('messages.append', {
      conversationId: won,
      clientMessageId: 'note',
      author: { kind: 'agent', agentId: QUALIFIER },
      text: 'A note',
      visibility: 'internal',
    });
    await scenario.run('deals.close', {
      conversationId: won,
      outcome: 'won',
      deal: { monthlyValueCents: 50_000, paymentMethod: 'ach' },
    });

    // In January, by email: lost, without an answer.
    const { id: lost } = await scenario.create({ channel: 'email' });
    await scenario.say(lost, 'Anybody?');
    await scenario.run('stages.transition', { conversationId: lost, to: 'qualification' });
    await scenario.run('deals.close', { conversationId: lost, outcome: 'lost', lossReason: 'No answer' });

    // In February: an answer after 61 minutes, another question still waits.
    scenario.at('2026-02-10T10:00:00.000Z');
    const { id: waiting } = await scenario.create({ channel: 'web' });
    await scenario.say(waiting, 'Hello?');
    scenario.wait(60);
    await scenario.say(waiting, 'Sorry!', SUPERVISOR);
    await scenario.say(waiting, 'And the price?');
  });

  afterAll(() => scenario[Symbol.asyncDispose]());
}
