import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationId } from '@baton/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANA, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import { expectEqualToStore, newConversation, newMessageId } from '../test/watching.ts';
import type { Baton } from './client.ts';
import type { ConversationReplica } from './watch.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

type Step = (world: {
  conversationId: ConversationId;
  baton: Baton;
  replicas: ConversationReplica[];
  gates: Gate[];
  seed: number;
}) => Promise<unknown>;

const stages = [
  'lead',
  'qualification',
  'qualified',
  'objection_handling',
  'closing',
  'closed_lost',
  'follow_up',
] as const;
const agents = ['supervisor', 'qualifier', 'closer'] as const;
const pick = <Item>(items: readonly Item[], seed: number): Item => items[seed % items.length] as Item;

/** What several people and machines do to one conversation; many of it is refused, as it would be. */
const steps: Record<string, Step> = {
  customer: ({ conversationId, baton }) =>
    baton.api.messages.append.mutate({
      conversationId,
      clientMessageId: newMessageId(),
      author: { kind: 'customer' },
      text: 'Hello?',
    }),
  agent: ({ conversationId, replicas, seed }) => {
    const replica = pick(replicas, seed);
    const agentId = replica.state.conversation?.owner.agentId ?? ANA;
    const input = {
      conversationId,
      clientMessageId: newMessageId(),
      author: { kind: 'agent' as const, agentId },
      text: 'Yes',
      visibility: 'public' as const,
    };
    return replica.run('messages.append', input, (api) => api.messages.append.mutate(input));
  },
  turn: ({ conversationId, baton, seed }) =>
    baton.api.messages.appendTurn.mutate({
      conversationId,
      messages: Array.from({ length: 1 + (seed % 5) }, () => ({
        clientMessageId: newMessageId(),
        author: { kind: 'tool' as const },
        text: 'result',
        visibility: 'internal' as const,
      })),
    }),
  redact: ({ conversationId, baton, replicas, seed }) => {
    const said = pick(replicas, seed).state.entries.filter(({ kind }) => kind === 'message');
    return baton.api.messages.redact.mutate({ conversationId, seq: pick(said, seed)?.seq ?? 1 });
  },
  takeover: ({ conversationId, replicas, seed }) => {
    const input = { conversationId, by: ANA, reason: 'Mine' };
    return pick(replicas, seed).run('handoffs.takeover', input, (api) => api.handoffs.takeover.mutate(input));
  },
  transfer: ({ conversationId, baton, seed }) =>
    baton.api.handoffs.transfer.mutate({
      conversationId,
      from: pick(agents, seed),
      to: pick(agents, seed + 1),
      reason: 'x',
      trigger: 'manual',
    }),
  request: ({ conversationId, baton, seed }) =>
    baton.api.handoffs.request.mutate({
      conversationId,
      from: pick(agents, seed),
      to: pick(agents, seed + 1),
      reason: 'x',
      trigger: 'manual',
    }),
  stage: ({ conversationId, replicas, seed }) => {
    const input = { conversationId, to: pick(stages, seed), lossReason: 'x' };
    return pick(replicas, seed).run('stages.transition', input, (api) => api.stages.transition.mutate(input));
  },
  objection: ({ conversationId, replicas, seed }) => {
    const input = { conversationId, type: 'price' as const, text: 'x', severity: 'low' as const };
    return pick(replicas, seed).run('objections.raise', input, (api) => api.objections.raise.mutate(input));
  },
  qualification: ({ conversationId, baton, seed }) =>
    baton.api.qualification.record.mutate({
      conversationId,
      budget: { verdict: seed % 2 === 0, value: '10k' },
      by: 'qualifier',
    }),
  followUp: ({ conversationId, baton }) =>
    baton.api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      dueAt: '2035-01-01T00:00:00.000Z',
      cancelOn: ['customer_reply'],
    }),
  details: ({ conversationId, replicas, seed }) => {
    const input = { conversationId, tags: [`tag-${seed}`] };
    return pick(replicas, seed).run('conversations.update', input, (api) =>
      api.conversations.update.mutate(input),
    );
  },
  pause: ({ conversationId, baton }) => baton.api.conversations.pause.mutate({ conversationId }),
  resume: ({ conversationId, baton }) => baton.api.conversations.resume.mutate({ conversationId }),
  cut: async ({ gates, seed }) => pick(gates, seed).cut(),
  lose: async ({ gates, seed }) => {
    pick(gates, seed).lose += 1;
  },
  wait: ({ seed }) => sleep(seed % 30),
};

test('after any storm of several clients, with broken connections and lost answers, every replica equals the store', async () => {
  const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(1_000));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 3, maxLength: 12 }), { minLength: 2, maxLength: 4 }),
      async (storms) => {
        const conversationId = await newConversation(server);
        const gates = [new Gate(), new Gate()];
        const batons = gates.map((gate) => server.connect({ fetch: gate.fetch }));
        const replicas = batons.map((baton) =>
          baton.watch(conversationId, { actor: { kind: 'agent', agentId: ANA } }),
        );
        await Promise.all(replicas.map((replica) => replica.until(({ status }) => status === 'live')));
        await Promise.all(
          storms.map(async (storm, index) => {
            for (const [name, seed] of storm) {
              // What is refused changes nothing, here as there.
              await steps[name]?.({
                conversationId,
                baton: pick(batons, index),
                replicas,
                gates,
                seed,
              }).catch(() => undefined);
            }
          }),
        );
        for (const replica of replicas) {
          await expectEqualToStore(server, replica);
          const seqs = replica.state.entries.map(({ seq }) => seq);
          expect(seqs).toEqual(seqs.map((_, position) => position + 1));
          replica.close();
        }
      },
    ),
    { numRuns: 6, interruptAfterTimeLimit: 12_000, endOnFailure: true },
  );
});
