import { z } from 'zod';
import { Channel } from './channel.ts';
import { Conversation, ConversationStatus } from './conversation.ts';
import { AgentId } from './id.ts';
import { page, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { Timestamp } from './timestamp.ts';

/** From inclusive, to exclusive; with a channel, only its conversations. */
export const MetricsPeriod = z
  .strictObject({ from: Timestamp.optional(), to: Timestamp.optional(), channel: Channel.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    message: 'from must be before to',
    path: ['to'],
  });
export type MetricsPeriod = z.infer<typeof MetricsPeriod>;

/** Durations in milliseconds; null where nothing was measured. */
export const DurationSummary = z.strictObject({
  count: z.int(),
  meanMs: z.number().nullable(),
  medianMs: z.number().nullable(),
  p90Ms: z.number().nullable(),
});
export type DurationSummary = z.infer<typeof DurationSummary>;

/** Counts of the conversations that began in the period, and of what was said in it. */
export const MetricsOverview = z.strictObject({
  conversations: z.int(),
  byStatus: z.record(ConversationStatus, z.int()),
  byStage: z.record(SalesStage, z.int()),
  waiting: z.int(),
  messages: z.int(),
  customerMessages: z.int(),
  agentMessages: z.int(),
  handoffs: z.int(),
  dealsWon: z.int(),
  dealsLost: z.int(),
  wonMonthlyCents: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costMicros: z.int(),
});
export type MetricsOverview = z.infer<typeof MetricsOverview>;

/** Distinct conversations that entered each stage, and of those that entered A, how many entered B afterwards. */
export const MetricsFunnel = z.strictObject({
  stages: z.array(z.strictObject({ stage: SalesStage, entered: z.int(), now: z.int() })),
  conversions: z.array(
    z.strictObject({
      from: SalesStage,
      to: SalesStage,
      entered: z.int(),
      converted: z.int(),
      /** converted ÷ entered, 0 to 1; null where none entered. */
      rate: z.number().min(0).max(1).nullable(),
    }),
  ),
});
export type MetricsFunnel = z.infer<typeof MetricsFunnel>;

export const MetricsTimeInStage = z.strictObject({
  stages: z.array(DurationSummary.extend({ stage: SalesStage })),
});
export type MetricsTimeInStage = z.infer<typeof MetricsTimeInStage>;

export const MetricsResponseTimes = z.strictObject({
  all: DurationSummary,
  byAgent: z.array(DurationSummary.extend({ agentId: AgentId })),
  /** How many answers took up to `toMs`; the last one has no end. */
  buckets: z.array(z.strictObject({ fromMs: z.int(), toMs: z.int().nullable(), count: z.int() })),
});
export type MetricsResponseTimes = z.infer<typeof MetricsResponseTimes>;

export const MetricsAgents = z.strictObject({
  agents: z.array(
    z.strictObject({
      agentId: AgentId,
      conversations: z.int(),
      messages: z.int(),
      handoffsIn: z.int(),
      handoffsOut: z.int(),
      dealsWon: z.int(),
      meanResponseMs: z.number().nullable(),
      inputTokens: z.int(),
      outputTokens: z.int(),
      costMicros: z.int(),
    }),
  ),
});
export type MetricsAgents = z.infer<typeof MetricsAgents>;

/** A number of the metrics, to ask which conversations it counts. */
export const MetricsFigure = z.discriminatedUnion('figure', [
  /** Began in the period; with `isWaiting`, whose customer waits for an answer now. */
  z.strictObject({
    figure: z.literal('begun'),
    status: ConversationStatus.optional(),
    isWaiting: z.boolean().optional(),
  }),
  /** Entered a stage; with `after`, once it had entered that one. */
  z.strictObject({ figure: z.literal('entered'), stage: SalesStage, after: SalesStage.optional() }),
  /** Each stay in a stage that ended. */
  z.strictObject({ figure: z.literal('stays'), stage: SalesStage }),
  z.strictObject({
    figure: z.literal('messages'),
    author: z.enum(['customer', 'agent']).optional(),
    agentId: AgentId.optional(),
  }),
  /** Each answer to a waiting customer that took longer than `aboveMs` and up to `toMs`. */
  z.strictObject({
    figure: z.literal('answers'),
    agentId: AgentId.optional(),
    aboveMs: z.int().min(0).optional(),
    toMs: z.int().min(0).optional(),
  }),
  /** What models cost, in millionths of a dollar. */
  z.strictObject({ figure: z.literal('cost'), agentId: AgentId.optional() }),
  z.strictObject({ figure: z.literal('tokens'), agentId: AgentId.optional() }),
  z.strictObject({ figure: z.literal('handoffs'), from: AgentId.optional(), to: AgentId.optional() }),
  /** Each deal won or lost; with an agent, while it owned the conversation. */
  z.strictObject({
    figure: z.literal('deals'),
    outcome: z.enum(['won', 'lost']),
    agentId: AgentId.optional(),
  }),
  /** Owned by the agent or written in by it. */
  z.strictObject({ figure: z.literal('worked'), agentId: AgentId }),
]);
export type MetricsFigure = z.infer<typeof MetricsFigure>;

/** The conversations behind a figure, the newest first. */
export const MetricsConversations = MetricsPeriod.safeExtend({ behind: MetricsFigure, ...pageFields });
export type MetricsConversations = z.infer<typeof MetricsConversations>;

/** A conversation with what it adds to a figure: over all conversations these sum up to the figure itself. */
export const CountedConversation = z.strictObject({ conversation: Conversation, amount: z.number() });
export type CountedConversation = z.infer<typeof CountedConversation>;

export const CountedConversations = page(CountedConversation);
