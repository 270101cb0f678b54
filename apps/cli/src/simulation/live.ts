import { setTimeout as sleep } from 'node:timers/promises';
import {
  AgentSession,
  type Baton,
  batonError,
  createFollowUpWorker,
  isRefused,
  OwnershipLost,
} from '@baton/client';
import { fold } from '@baton/domain';
import type { Conversation, ConversationId, Entry } from '@baton/schema';
import { type Chance, chanceOf } from '../seeded-random.ts';
import { timelineEntries } from '../api/timeline.ts';

/** The scripted team: three AI agents that pass conversations on, and a person who takes over at will. */
const TEAM = ['live_qualifier', 'live_closer', 'live_helper'] as const;
const PERSON = 'live_person';
/** Whose follow-ups the team's worker does: no others, a store may hold real ones. */
const WORKER = 'live_helper';

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
  /** How long the team works, in milliseconds. */
  durationMs: number;
  seed: number;
  onEvent?: (what: string) => void;
};

/** What happened, and what the check afterwards found; empty findings are what the guarantees promise. */
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

/** Registers the team; one that is known stays as it is. */
async function assemble({ api }: Baton): Promise<void> {
  const members = [
    ...TEAM.map((id) => ({ id, kind: 'ai' as const, name: id.replace('live_', 'Live ') })),
    { id: PERSON, kind: 'human' as const, name: 'Live person' },
    { id: 'live_queue', kind: 'queue' as const, name: 'Live queue', members: [...TEAM] },
  ];
  for (const member of members) {
    await api.agents.register.mutate(member).catch((error: unknown) => {
      if (!isRefused(error, 'AGENT_EXISTS')) throw error;
    });
  }
}

/** Refusals that a race among the team explains; anything else is a fault. */
const RACES = [
  'STALE_OWNER',
  'NOT_OWNER',
  'HANDOFF_PENDING',
  'HANDOFF_NOT_PENDING',
  'HANDOFF_LOOP',
  'ALREADY_OWNER',
  'CONVERSATION_CLOSED',
] as const;

class LiveTeam {
  readonly #baton: Baton;
  readonly #chance: Chance;
  readonly #options: LiveOptions;
  readonly report: LiveReport;
  #said = 0;

  constructor(baton: Baton, options: LiveOptions) {
    this.#baton = baton;
    this.#options = options;
    this.#chance = chanceOf(options.seed);
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

  async #raced(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof OwnershipLost || isRefused(error, ...RACES)) return false;
      throw error;
    }
  }

  /** The customer writes now and then. */
  async customer(conversationId: ConversationId, until: number): Promise<void> {
    while (Date.now() < until) {
      await sleep(this.#chance.between(20, 120));
      this.#said += 1;
      await this.#baton.api.messages.append.mutate({
        conversationId,
        clientMessageId: `live-${this.#options.seed}-${this.#said}-${crypto.randomUUID()}`,
        author: { kind: 'customer' },
        text: this.#chance.pick(CUSTOMER_LINES),
      });
      this.report.messages += 1;
    }
  }

  /** Each AI agent answers while it owns the conversation, thinking a while before each reply. */
  async agent(conversationId: ConversationId, agentId: (typeof TEAM)[number], until: number): Promise<void> {
    while (Date.now() < until) {
      const session = await AgentSession.open(this.#baton, { conversationId, agentId }).catch(() => null);
      if (session === null) {
        await sleep(this.#chance.between(20, 60));
        continue;
      }
      try {
        while (Date.now() < until && !session.lost.aborted) await this.#turn(session, conversationId);
      } finally {
        session.close();
      }
    }
  }

  async #turn(session: AgentSession, conversationId: ConversationId): Promise<void> {
    await sleep(this.#chance.between(10, 80));
    const { api } = this.#baton;
    const roll = this.#chance.between(1, 100);
    if (roll <= 70) {
      const isSaid = await this.#raced(() => session.say({ text: this.#chance.pick(AGENT_LINES) }));
      if (isSaid) this.report.messages += 1;
      else this.report.refusedReplies += 1;
    } else if (roll <= 82) {
      const to = this.#chance.pick(TEAM);
      const handing = { to, reason: 'Better placed to answer', trigger: 'policy' } as const;
      const isHanded = to !== session.agentId && (await this.#raced(() => session.handOver(handing)));
      if (isHanded) this.report.handoffs += 1;
    } else if (roll <= 92) {
      await this.#askQueue(session, conversationId);
    } else {
      await this.#raced(() =>
        api.followUps.schedule.mutate({
          conversationId,
          type: 'nurture',
          assignee: WORKER,
          dueAt: new Date().toISOString(),
          cancelOn: this.#chance.between(0, 1) === 0 ? ['customer_reply'] : [],
        }),
      );
    }
  }

  /** Asks the queue; the other members race to accept, and one gets it. */
  async #askQueue(session: AgentSession, conversationId: ConversationId): Promise<void> {
    const { api } = this.#baton;
    let handoffId: string | null = null;
    await this.#raced(async () => {
      const asking = { to: 'live_queue', reason: 'Whoever is free', trigger: 'timeout' } as const;
      const { handoff } = await session.request(asking);
      handoffId = handoff.id;
    });
    if (handoffId === null) return;
    const accepting = TEAM.filter((other) => other !== session.agentId).map((by) =>
      this.#raced(() => api.handoffs.accept.mutate({ handoffId: handoffId ?? '', by })),
    );
    const winners = (await Promise.all(accepting)).filter(Boolean).length;
    if (winners > 1) this.report.findings.push(`${winners} agents accepted one handoff of ${conversationId}`);
    this.report.handoffs += winners;
    if (winners === 0) await this.#raced(() => api.handoffs.cancel.mutate({ handoffId: handoffId ?? '' }));
  }

  /** A person looks in at random, takes over, says a word and gives the conversation back. */
  async person(conversations: readonly [ConversationId, ...ConversationId[]], until: number): Promise<void> {
    const { api } = this.#baton;
    while (Date.now() < until) {
      await sleep(this.#chance.between(30, 150));
      const conversationId = this.#chance.pick(conversations);
      const took = await this.#raced(() => api.handoffs.takeover.mutate({ conversationId, by: PERSON }));
      if (!took) continue;
      this.report.takeovers += 1;
      this.#options.onEvent?.(`${PERSON} took over ${conversationId}`);
      const said = await this.#raced(() =>
        api.messages.append.mutate({
          conversationId,
          clientMessageId: crypto.randomUUID(),
          author: { kind: 'agent', agentId: PERSON },
          text: 'Let me look into this myself.',
        }),
      );
      if (said) this.report.messages += 1;
      else this.report.findings.push(`${PERSON} could not speak in ${conversationId} after a takeover`);
      await sleep(this.#chance.between(10, 60));
      await this.#raced(() =>
        api.handoffs.release.mutate({ conversationId, by: PERSON, to: this.#chance.pick(TEAM) }),
      );
    }
  }
}

/** Public messages of agents who did not own the conversation when they spoke. */
export function outOfTurn(entries: readonly Entry[]): Entry[] {
  let owner: string | null = null;
  return entries.filter((entry) => {
    if (entry.kind === 'created') owner = entry.agentId;
    if (entry.kind === 'owner') owner = entry.to;
    if (entry.kind !== 'message' || entry.author.kind !== 'agent' || entry.visibility !== 'public')
      return false;
    return entry.author.agentId !== owner;
  });
}

/** Looks one conversation over once everything is quiet. */
async function inspect({ api }: Baton, conversationId: ConversationId): Promise<string[]> {
  const kept: Conversation = await api.conversations.get.query({ conversationId });
  const entries: Entry[] = [];
  for await (const entry of timelineEntries(api, conversationId)) entries.push(entry);
  const findings: string[] = [];
  const spoke = outOfTurn(entries);
  if (spoke.length > 0)
    findings.push(`${conversationId}: spoken out of turn at #${spoke.map(({ seq }) => seq).join(' #')}`);
  if (entries.some(({ seq }, index) => seq !== index + 1))
    findings.push(`${conversationId}: the timeline has a gap`);
  if (JSON.stringify(fold(entries)) !== JSON.stringify(kept))
    findings.push(`${conversationId}: differs from its timeline`);
  if (kept.pendingHandoff !== null) findings.push(`${conversationId}: a handoff is still pending`);
  if (kept.followUps.length > 0)
    findings.push(`${conversationId}: ${kept.followUps.length} follow-ups are still open`);
  return findings;
}

/**
 * Runs a small team of scripted agents and customers against the API, with takeovers by a person at random, and
 * ends with a check of what was promised: nobody spoke out of turn, no work is left, counters equal their rebuild.
 */
export async function simulateLive(baton: Baton, options: LiveOptions): Promise<LiveReport> {
  await assemble(baton);
  const team = new LiveTeam(baton, options);
  const conversations: ConversationId[] = [];
  for (let index = 0; index < options.conversations; index += 1) {
    const { id } = await baton.api.conversations.create.mutate({
      contactId: `live-${crypto.randomUUID()}`,
      channel: 'web',
      agentId: TEAM[index % TEAM.length],
      tags: ['live'],
      initialMessage: { text: 'Hello, I have a few questions.' },
    });
    conversations.push(id);
  }
  const mine = new Set<string>(conversations);
  const worker = createFollowUpWorker(baton, {
    assignee: WORKER,
    pollMs: 100,
    async handle({ conversationId }) {
      if (mine.has(conversationId)) team.report.followUpsDone += 1;
      return 'Written';
    },
    onError: (error) =>
      team.report.findings.push(`The follow-up worker: ${batonError(error)?.code ?? String(error)}`),
  });
  const [first, ...others] = conversations;
  if (first === undefined) return team.report;
  const until = Date.now() + options.durationMs;
  await Promise.all([
    team.person([first, ...others], until),
    ...conversations.flatMap((id) => [
      team.customer(id, until),
      ...TEAM.map((agentId) => team.agent(id, agentId, until)),
    ]),
  ]);
  await settled(baton, conversations);
  await worker.stop();
  for (const id of conversations) team.report.findings.push(...(await inspect(baton, id)));
  return team.report;
}

/** Waits until the worker has done what is due, at most half a minute. */
async function settled({ api }: Baton, conversations: readonly ConversationId[]): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const conversationId of conversations) {
    while (Date.now() < deadline) {
      const { followUps } = await api.conversations.get.query({ conversationId });
      if (followUps.length === 0) break;
      await sleep(100);
    }
  }
}

/** The report in lines for a person. */
export function reportLines(report: LiveReport): string[] {
  const { conversations, messages, takeovers, handoffs, refusedReplies, followUpsDone, findings } = report;
  return [
    `${conversations} conversations, ${messages} messages, ${handoffs} handoffs, ${takeovers} takeovers, ${followUpsDone} follow-ups done.`,
    `${refusedReplies} replies came too late and were refused.`,
    ...(findings.length === 0
      ? [
          'Checked: nobody spoke out of turn, no work is left, every conversation is the fold of its timeline.',
        ]
      : findings.map((finding) => `Found: ${finding}`)),
  ];
}
