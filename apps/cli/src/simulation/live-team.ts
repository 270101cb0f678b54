import { setTimeout as sleep } from 'node:timers/promises';
import { AgentSession, type Baton, isRefused, OwnershipLost } from '@baton/client';
import type { ConversationId } from '@baton/schema';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** Three AI agents that hand conversations over, and a person who takes over at random. */
export const TEAM = ['live_qualifier', 'live_closer', 'live_helper'] as const;

const HUMAN = 'live_person';

/** The worker handles only follow-ups of this agent: the store may hold real ones. */
export const WORKER = 'live_helper';

const CUSTOMER_LINES = [
  'Is there a discount for a whole year?',
  'How long does the migration take?',
  'We are twelve people, does that change the price?',
  'Can you send me something in writing?',
  'I will have to ask my partner first.',
  'What happens to our data when we leave?',
] as const;

const AGENT_LINES = [
  'Good question. A year up front takes ten percent off.',
  'Most teams are done within two days; we do the heavy lifting.',
  'Twelve seats fit the team plan, so nothing changes for you.',
  'I have just put it together, you will have it in a minute.',
  'Take your time. Shall I write again on Thursday?',
  'You take everything with you: one export, every message.',
] as const;

export type LiveOptions = {
  conversations: number;
  durationMs: number;
  seed: number;
  onEvent?: (what: string) => void;
};

/** Findings are violations of what Baton guarantees. */
export type LiveReport = {
  conversations: number;
  messages: number;
  takeovers: number;
  handoffs: number;
  /** Replies that came too late and were refused. */
  refusedReplies: number;
  followUpsDone: number;
  findings: string[];
};

export async function registerTeam({ api }: Baton): Promise<void> {
  const members = [
    ...TEAM.map((id) => ({ id, kind: 'ai' as const, name: id.replace('live_', 'Live ') })),
    { id: HUMAN, kind: 'human' as const, name: 'Live person' },
    { id: 'live_queue', kind: 'queue' as const, name: 'Live queue', members: [...TEAM] },
  ];
  for (const member of members) {
    await api.agents.register.mutate(member).catch((error: unknown) => {
      if (!isRefused(error, 'AGENT_EXISTS')) throw error;
    });
  }
}

/** Refusals that races among the team cause; any other is an error. */
const RACE_REFUSALS = [
  'STALE_OWNER',
  'NOT_OWNER',
  'HANDOFF_PENDING',
  'HANDOFF_NOT_PENDING',
  'HANDOFF_LOOP',
  'ALREADY_OWNER',
  'CONVERSATION_CLOSED',
] as const;

export class LiveTeam {
  readonly #baton: Baton;
  readonly #random: SeededRandom;
  readonly #options: LiveOptions;
  readonly report: LiveReport;
  #messageCount = 0;

  constructor(baton: Baton, options: LiveOptions) {
    this.#baton = baton;
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.report = {
      conversations: options.conversations,
      messages: 0,
      takeovers: 0,
      handoffs: 0,
      refusedReplies: 0,
      followUpsDone: 0,
      findings: [],
    };
  }

  async #succeeds(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof OwnershipLost || isRefused(error, ...RACE_REFUSALS)) return false;
      throw error;
    }
  }

  async runCustomer(conversationId: ConversationId, until: number): Promise<void> {
    while (Date.now() < until) {
      await sleep(this.#random.integer(20, 120));
      this.#messageCount += 1;
      await this.#baton.api.messages.append.mutate({
        conversationId,
        clientMessageId: `live-${this.#options.seed}-${this.#messageCount}-${crypto.randomUUID()}`,
        author: { kind: 'customer' },
        text: this.#random.pick(CUSTOMER_LINES),
      });
      this.report.messages += 1;
    }
  }

  /** An AI agent answers while it owns the conversation. */
  async runAgent(
    conversationId: ConversationId,
    agentId: (typeof TEAM)[number],
    until: number,
  ): Promise<void> {
    while (Date.now() < until) {
      const session = await AgentSession.open(this.#baton, { conversationId, agentId }).catch(() => null);
      if (session === null) {
        await sleep(this.#random.integer(20, 60));
        continue;
      }
      try {
        while (Date.now() < until && !session.lost.aborted) await this.#takeAction(session, conversationId);
      } finally {
        session.close();
      }
    }
  }

  async #takeAction(session: AgentSession, conversationId: ConversationId): Promise<void> {
    await sleep(this.#random.integer(10, 80));
    const { api } = this.#baton;
    const roll = this.#random.integer(1, 100);
    if (roll <= 70) {
      const isSaid = await this.#succeeds(() => session.say({ text: this.#random.pick(AGENT_LINES) }));
      if (isSaid) this.report.messages += 1;
      else this.report.refusedReplies += 1;
    } else if (roll <= 82) {
      const to = this.#random.pick(TEAM);
      const handing = { to, reason: 'Better placed to answer', trigger: 'policy' } as const;
      const isHanded = to !== session.agentId && (await this.#succeeds(() => session.handOver(handing)));
      if (isHanded) this.report.handoffs += 1;
    } else if (roll <= 92) {
      await this.#requestFromQueue(session, conversationId);
    } else {
      await this.#succeeds(() =>
        api.followUps.schedule.mutate({
          conversationId,
          type: 'nurture',
          assignee: WORKER,
          dueAt: new Date().toISOString(),
          cancelOn: this.#random.integer(0, 1) === 0 ? ['customer_reply'] : [],
        }),
      );
    }
  }

  /** The other members race to accept; at most one may succeed. */
  async #requestFromQueue(session: AgentSession, conversationId: ConversationId): Promise<void> {
    const { api } = this.#baton;
    let handoffId: string | null = null;
    await this.#succeeds(async () => {
      const asking = { to: 'live_queue', reason: 'Whoever is free', trigger: 'timeout' } as const;
      const { handoff } = await session.request(asking);
      handoffId = handoff.id;
    });
    if (handoffId === null) return;
    const accepting = TEAM.filter((other) => other !== session.agentId).map((by) =>
      this.#succeeds(() => api.handoffs.accept.mutate({ handoffId: handoffId ?? '', by })),
    );
    const winners = (await Promise.all(accepting)).filter(Boolean).length;
    if (winners > 1) this.report.findings.push(`${winners} agents accepted one handoff of ${conversationId}`);
    this.report.handoffs += winners;
    if (winners === 0) await this.#succeeds(() => api.handoffs.cancel.mutate({ handoffId: handoffId ?? '' }));
  }

  /** A person takes over at random, writes a message and releases the conversation. */
  async runHuman(
    conversations: readonly [ConversationId, ...ConversationId[]],
    until: number,
  ): Promise<void> {
    const { api } = this.#baton;
    while (Date.now() < until) {
      await sleep(this.#random.integer(30, 150));
      const conversationId = this.#random.pick(conversations);
      const took = await this.#succeeds(() => api.handoffs.takeover.mutate({ conversationId, by: HUMAN }));
      if (!took) continue;
      this.report.takeovers += 1;
      this.#options.onEvent?.(`${HUMAN} took over ${conversationId}`);
      const said = await this.#succeeds(() =>
        api.messages.append.mutate({
          conversationId,
          clientMessageId: crypto.randomUUID(),
          author: { kind: 'agent', agentId: HUMAN },
          text: 'Let me look into this myself.',
        }),
      );
      if (said) this.report.messages += 1;
      else this.report.findings.push(`${HUMAN} could not speak in ${conversationId} after a takeover`);
      await sleep(this.#random.integer(10, 60));
      await this.#succeeds(() =>
        api.handoffs.release.mutate({ conversationId, by: HUMAN, to: this.#random.pick(TEAM) }),
      );
    }
  }
}
