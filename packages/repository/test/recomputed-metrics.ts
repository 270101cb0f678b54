import {
  Channel,
  ConversationStatus,
  type MetricsPeriod,
  type ObjectionStatus,
  ObjectionType,
  SALES_PATH,
  SalesStage,
  type TenantId,
} from '@baton/schema';
import type { Document } from 'mongodb';
import type { Collections } from '../src/schema/open-collections.ts';

/* The metrics as a reader of the contract would compute them: from every entry of a tenant, one by one. */

const OPEN = new Set(['active', 'paused', 'scheduled']);
const ENDS_MS = [10, 30, 60, 300, 900, 3_600, 14_400, 86_400].map((seconds) => seconds * 1_000);

const sum = (values: readonly (number | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** Between neighbours by linear interpolation. */
function percentile(sorted: readonly number[], share: number): number | null {
  const position = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}

function summary(durations: readonly number[]) {
  const sorted = durations.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    meanMs: sorted.length === 0 ? null : sum(sorted) / sorted.length,
    medianMs: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
  };
}

/** Everything of a tenant, and what of it is in a period. */
export class Recomputed {
  readonly #all: Document[];
  readonly #conversations: Document[];
  readonly #objections: Document[];
  readonly #entries: Document[];
  readonly #isIn: (at: Date) => boolean;
  readonly #isOf: (one: Document) => boolean;

  private constructor(
    found: { all: Document[]; conversations: Document[]; objections: Document[] },
    input: MetricsPeriod,
  ) {
    const { from, to, channel } = input;
    this.#all = found.all;
    this.#conversations = found.conversations;
    this.#objections = found.objections;
    this.#isIn = (at) =>
      (from === undefined || at.getTime() >= Date.parse(from)) &&
      (to === undefined || at.getTime() < Date.parse(to));
    this.#isOf = (one) => channel === undefined || one['channel'] === channel;
    this.#entries = this.#all.filter((entry) => this.#isIn(entry['at']) && this.#isOf(entry));
  }

  static async read(collections: Collections, tenantId: TenantId) {
    const [all, conversations, objections] = await Promise.all([
      collections.timeline.collection.find({ tenantId }).sort({ conversationId: 1, seq: 1 }).toArray(),
      collections.conversations.collection.find({ tenantId }).toArray(),
      collections.objections.collection.find({ tenantId }).toArray(),
    ]);
    return (input: MetricsPeriod) => new Recomputed({ all, conversations, objections }, input);
  }

  #kind(kind: string): Document[] {
    return this.#entries.filter((entry) => entry['kind'] === kind);
  }

  overview() {
    const begun = this.#conversations.filter((one) => this.#isOf(one) && this.#isIn(one['createdAt']));
    const messages = this.#kind('message');
    const won = this.#kind('deal').filter(({ outcome }) => outcome === 'won');
    const used = (name: string) => sum(messages.map(({ usage }) => usage?.[name]));
    const countBy = (field: string, keys: readonly string[]) =>
      Object.fromEntries(keys.map((key) => [key, begun.filter((one) => one[field] === key).length]));
    return {
      conversations: begun.length,
      byStatus: countBy('status', ConversationStatus.options),
      byStage: countBy('stage', SalesStage.options),
      waiting: begun.filter((one) => one['metrics'].waitingSince !== null && OPEN.has(one['status'])).length,
      messages: messages.length,
      customerMessages: messages.filter(({ author }) => author.kind === 'customer').length,
      agentMessages: messages.filter(({ author }) => author.kind === 'agent').length,
      handoffs: this.#kind('owner').length,
      dealsWon: won.length,
      dealsLost: this.#kind('deal').filter(({ outcome }) => outcome === 'lost').length,
      wonMonthlyCents: sum(won.map(({ deal }) => deal.monthlyValueCents)),
      inputTokens: used('inputTokens'),
      outputTokens: used('outputTokens'),
      costMicros: used('costMicros'),
    };
  }

  timeInStage() {
    const moves = this.#kind('stage');
    return {
      stages: SalesStage.options.map((stage) => ({
        stage,
        ...summary(moves.filter(({ from }) => from === stage).map(({ inStageMs }) => inStageMs)),
      })),
    };
  }

  responseTimes() {
    const answers = this.#kind('message').filter(({ responseMs }) => responseMs !== undefined);
    const byAgent = [...Map.groupBy(answers, ({ author }) => String(author.agentId))];
    return {
      all: summary(answers.map(({ responseMs }) => responseMs)),
      byAgent: byAgent
        .map(([agentId, own]) => ({ agentId, ...summary(own.map(({ responseMs }) => responseMs)) }))
        .toSorted((a, b) => b.count - a.count || a.agentId.localeCompare(b.agentId)),
      buckets: [...ENDS_MS, null].map((toMs, index) => {
        const fromMs = ENDS_MS[index - 1] ?? 0;
        const isOfLength = (ms: number) => (index === 0 || ms > fromMs) && (toMs === null || ms <= toMs);
        return { fromMs, toMs, count: answers.filter(({ responseMs }) => isOfLength(responseMs)).length };
      }),
    };
  }

  agents() {
    const rows = new Map<string, ReturnType<typeof emptyRow>>();
    const rowOf = (id: string) => {
      const row = rows.get(id) ?? emptyRow();
      rows.set(id, row);
      return row;
    };
    for (const { kind, conversationId, ...entry } of this.#entries) {
      const conversation = String(conversationId);
      if (kind === 'created') rowOf(entry['agentId']).conversations.add(conversation);
      if (kind === 'owner') {
        for (const id of [entry['from'], entry['to']]) rowOf(id).conversations.add(conversation);
        rowOf(entry['to']).handoffsIn += 1;
        rowOf(entry['from']).handoffsOut += 1;
      }
      if (kind === 'message' && entry['author'].kind === 'agent') {
        const row = rowOf(entry['author'].agentId);
        row.conversations.add(conversation);
        row.messages += 1;
        if (entry['responseMs'] !== undefined) row.answers.push(entry['responseMs']);
        row.inputTokens += entry['usage']?.inputTokens ?? 0;
        row.outputTokens += entry['usage']?.outputTokens ?? 0;
        row.costMicros += entry['usage']?.costMicros ?? 0;
      }
      if (kind === 'deal' && entry['outcome'] === 'won') {
        const owners = this.#all.filter(
          (one) =>
            String(one['conversationId']) === conversation &&
            one['seq'] < entry['seq'] &&
            (one['kind'] === 'created' || one['kind'] === 'owner'),
        );
        const owner = owners.at(-1);
        rowOf(owner?.['to'] ?? owner?.['agentId']).dealsWon += 1;
      }
    }
    const agents = [...rows].map(([agentId, { answers, conversations, ...row }]) => ({
      agentId,
      ...row,
      conversations: conversations.size,
      meanResponseMs: answers.length === 0 ? null : sum(answers) / answers.length,
    }));
    return {
      agents: agents.toSorted((a, b) => b.messages - a.messages || a.agentId.localeCompare(b.agentId)),
    };
  }

  funnel() {
    const moves = this.#entries
      .filter(({ kind }) => kind === 'created' || kind === 'stage')
      .map(({ conversationId, seq, kind, to }) => ({
        id: String(conversationId),
        seq: Number(seq),
        began: kind === 'created',
        stage: kind === 'created' ? 'lead' : String(to),
      }));
    const visits = [...Map.groupBy(moves, ({ id }) => id).values()];
    const entered = (stage: string) => visits.filter((own) => own.some((one) => one.stage === stage)).length;
    const reached = (stage: SalesStage) => {
      const index = SALES_PATH.indexOf(stage);
      const enough: readonly string[] = index === -1 ? [stage] : SALES_PATH.slice(index);
      return visits.filter(
        (own) => own.some(({ began }) => began) && own.some((one) => enough.includes(one.stage)),
      ).length;
    };
    const isConverted = (own: typeof moves, from: string, to: string) =>
      own.some((a) => a.stage === from && own.some((b) => b.stage === to && b.seq > a.seq));
    const stages = SalesStage.options;
    return {
      stages: stages.map((stage) => ({
        stage,
        entered: entered(stage),
        reached: reached(stage),
        now: this.#conversations.filter((one) => this.#isOf(one) && one['stage'] === stage).length,
      })),
      conversions: stages.flatMap((from) =>
        stages
          .filter((to) => to !== from)
          .map((to) => {
            const converted = visits.filter((own) => isConverted(own, from, to)).length;
            const count = entered(from);
            return { from, to, entered: count, converted, rate: count === 0 ? null : converted / count };
          }),
      ),
    };
  }

  objections() {
    const raised = this.#objections.filter((one) => this.#isOf(one) && this.#isIn(one['raisedAt']));
    const counts = (own: readonly Document[]) => {
      const count = (status: ObjectionStatus) => own.filter((one) => one['status'] === status).length;
      const resolved = own.filter(({ status }) => status === 'resolved');
      const took = resolved.map(({ raisedAt, resolvedAt }) => resolvedAt.getTime() - raisedAt.getTime());
      return {
        total: own.length,
        active: count('active'),
        resolved: count('resolved'),
        deferred: count('deferred'),
        resolutionRate: own.length === 0 ? null : count('resolved') / own.length,
        meanTimeToResolveMs: resolved.length === 0 ? null : sum(took) / resolved.length,
      };
    };
    return {
      ...counts(raised),
      byType: ObjectionType.options.map((type) => ({
        type,
        ...counts(raised.filter((one) => one['type'] === type)),
      })),
    };
  }
}

const emptyRow = () => ({
  conversations: new Set<string>(),
  messages: 0,
  handoffsIn: 0,
  handoffsOut: 0,
  dealsWon: 0,
  answers: new Array<number>(),
  inputTokens: 0,
  outputTokens: 0,
  costMicros: 0,
});

/** How many documents of each kind a tenant has, and what its agents have to do, counted one by one. */
export async function recomputeCounts(collections: Collections, tenantId: TenantId) {
  const count = (name: 'conversations' | 'timeline' | 'handoffs' | 'objections' | 'follow_ups') =>
    collections[name].collection.find({ tenantId }).toArray();
  const [conversations, entries, handoffs, objections, followUps] = await Promise.all(
    (['conversations', 'timeline', 'handoffs', 'objections', 'follow_ups'] as const).map(count),
  );
  const load = (agentId: string) => {
    const own = (conversations ?? []).filter((one) => one['owner'].agentId === agentId);
    const waiting = own.filter((one) => one['metrics'].waitingSince !== null && OPEN.has(one['status']));
    return {
      activeConversations: own.filter(({ status }) => status === 'active').length,
      waitingCustomers: waiting.length,
      waitingSince:
        waiting.length === 0 ? null : Math.min(...waiting.map((one) => one['metrics'].waitingSince)),
    };
  };
  return {
    load,
    stats: {
      conversations: conversations?.length,
      entries: entries?.length,
      handoffs: handoffs?.length,
      objections: objections?.length,
      followUps: followUps?.length,
    },
  };
}

export const CHANNELS: readonly Channel[] = Channel.options;
