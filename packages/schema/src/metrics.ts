import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { Channel } from './channel.ts';
import { ConversationStatus, ConversationView } from './conversation.ts';
import { AgentId } from './id.ts';
import { page, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { Timestamp } from './timestamp.ts';

/** From inclusive, to exclusive; with a channel, only its conversations. */
const metricsPeriodObject = z
  .strictObject({ from: Timestamp.optional(), to: Timestamp.optional(), channel: Channel.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    message: 'from must be before to',
    path: ['to'],
  });
export interface MetricsPeriod extends z.infer<typeof metricsPeriodObject> {}
export interface MetricsPeriodInput extends z.input<typeof metricsPeriodObject> {}
export const MetricsPeriod: NamedSchema<MetricsPeriod, MetricsPeriodInput> = named(metricsPeriodObject);

/** Durations in milliseconds; null where nothing was measured. `medianMs` and `p90Ms` are within 0.79 % of the exact ones. */
const durationSummaryObject = z.strictObject({
  count: z.int(),
  meanMs: z.number().nullable(),
  medianMs: z.number().nullable(),
  p90Ms: z.number().nullable(),
});
export interface DurationSummary {
  count: number;
  meanMs: number | null;
  medianMs: number | null;
  p90Ms: number | null;
}
export const DurationSummary: NamedSchema<DurationSummary> = named(durationSummaryObject);

/** Counts of the conversations that began in the period, and of what was said in it. */
export interface MetricsOverview {
  conversations: number;
  byStatus: Record<ConversationStatus, number>;
  byStage: Record<SalesStage, number>;
  waiting: number;
  messages: number;
  customerMessages: number;
  agentMessages: number;
  handoffs: number;
  dealsWon: number;
  dealsLost: number;
  wonMonthlyCents: number;
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
}
export const MetricsOverview: NamedSchema<MetricsOverview> = named(
  z.strictObject({
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
  }),
);

/** Distinct conversations that entered each stage, and of those that entered A, how many entered B afterwards. */
export interface MetricsFunnel {
  stages: {
    stage: SalesStage;
    entered: number;
    /**
     * How many of the conversations that began in the period came as far in it: on the path of a sale to this stage or
     * a later one, otherwise to this stage.
     */
    reached: number;
    now: number;
  }[];
  conversions: {
    from: SalesStage;
    to: SalesStage;
    entered: number;
    converted: number;
    /** converted ÷ entered, 0 to 1; null where none entered. */
    rate: number | null;
  }[];
}
export const MetricsFunnel: NamedSchema<MetricsFunnel> = named(
  z.strictObject({
    stages: z.array(
      z.strictObject({
        stage: SalesStage,
        entered: z.int(),
        reached: z.int(),
        now: z.int(),
      }),
    ),
    conversions: z.array(
      z.strictObject({
        from: SalesStage,
        to: SalesStage,
        entered: z.int(),
        converted: z.int(),
        rate: z.number().min(0).max(1).nullable(),
      }),
    ),
  }),
);

export interface StageDuration extends DurationSummary {
  stage: SalesStage;
}
export interface MetricsTimeInStage {
  stages: StageDuration[];
}
export const MetricsTimeInStage: NamedSchema<MetricsTimeInStage> = named(
  z.strictObject({
    stages: z.array(durationSummaryObject.extend({ stage: SalesStage })),
  }),
);

export interface AgentResponseTimes extends DurationSummary {
  agentId: AgentId;
}
export interface MetricsResponseTimes {
  all: DurationSummary;
  byAgent: AgentResponseTimes[];
  /** How many answers took up to `toMs`; the last one has no end. */
  buckets: { fromMs: number; toMs: number | null; count: number }[];
}
export const MetricsResponseTimes: NamedSchema<MetricsResponseTimes> = named(
  z.strictObject({
    all: DurationSummary,
    byAgent: z.array(durationSummaryObject.extend({ agentId: AgentId })),
    buckets: z.array(z.strictObject({ fromMs: z.int(), toMs: z.int().nullable(), count: z.int() })),
  }),
);

export interface MetricsAgents {
  agents: {
    agentId: AgentId;
    conversations: number;
    messages: number;
    handoffsIn: number;
    handoffsOut: number;
    dealsWon: number;
    meanResponseMs: number | null;
    inputTokens: number;
    outputTokens: number;
    costMicros: number;
  }[];
}
export const MetricsAgents: NamedSchema<MetricsAgents> = named(
  z.strictObject({
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
  }),
);

/** A number of the metrics, to ask which conversations it counts. */
const metricsFigureUnion = z.discriminatedUnion('figure', [
  /** Began in the period; with `isWaiting`, whose customer waits for an answer now. */
  z.strictObject({
    figure: z.literal('begun'),
    status: ConversationStatus.optional(),
    isWaiting: z.boolean().optional(),
  }),
  /** Entered a stage; with `after`, once it had entered that one. */
  z.strictObject({ figure: z.literal('entered'), stage: SalesStage, after: SalesStage.optional() }),
  /** Began in the period and came as far in it: to this stage, or on the path of a sale to a later one. */
  z.strictObject({ figure: z.literal('reached'), stage: SalesStage }),
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
export type MetricsFigure =
  | { figure: 'begun'; status?: ConversationStatus | undefined; isWaiting?: boolean | undefined }
  | { figure: 'entered'; stage: SalesStage; after?: SalesStage | undefined }
  | { figure: 'reached' | 'stays'; stage: SalesStage }
  | { figure: 'messages'; author?: 'customer' | 'agent' | undefined; agentId?: AgentId | undefined }
  | {
      figure: 'answers';
      agentId?: AgentId | undefined;
      aboveMs?: number | undefined;
      toMs?: number | undefined;
    }
  | { figure: 'cost' | 'tokens'; agentId?: AgentId | undefined }
  | { figure: 'handoffs'; from?: AgentId | undefined; to?: AgentId | undefined }
  | { figure: 'deals'; outcome: 'won' | 'lost'; agentId?: AgentId | undefined }
  | { figure: 'worked'; agentId: AgentId };
/** The same, its agents as plain strings. */
type Plain<Figure> = {
  [Key in keyof Figure]: Figure[Key] extends AgentId | undefined
    ? string | Extract<Figure[Key], undefined>
    : Figure[Key];
};
export type MetricsFigureInput = Plain<MetricsFigure>;
export const MetricsFigure: NamedSchema<MetricsFigure, MetricsFigureInput> = named(metricsFigureUnion);

/** The conversations behind a figure, the newest first. */
const metricsConversationsObject = metricsPeriodObject.safeExtend({ behind: MetricsFigure, ...pageFields });
export interface MetricsConversations extends z.infer<typeof metricsConversationsObject> {}
export interface MetricsConversationsInput extends z.input<typeof metricsConversationsObject> {}
export const MetricsConversations: NamedSchema<MetricsConversations, MetricsConversationsInput> =
  named(metricsConversationsObject);

/** A conversation with what it adds to a figure: over all conversations these sum up to the figure itself. */
export interface CountedConversation {
  conversation: ConversationView;
  amount: number;
}
export const CountedConversation: NamedSchema<CountedConversation> = named(
  z.strictObject({ conversation: ConversationView, amount: z.number() }),
);

export const CountedConversations = page(CountedConversation);
