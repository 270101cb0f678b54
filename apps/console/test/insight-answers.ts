import {
  AgentId,
  ConversationId,
  type MetricsOverview,
  ObjectionId,
  ObjectionType,
  SalesStage,
} from '@baton/schema';
import { type Answers } from './render-console.tsx';

const HOUR = 3_600_000;
const closer = AgentId.parse('closer');

export const overview: MetricsOverview = {
  conversations: 90,
  byStatus: { active: 55, paused: 0, scheduled: 0, completed: 35, abandoned: 0 },
  byStage: {
    lead: 0,
    qualification: 0,
    qualified: 0,
    objection_handling: 0,
    closing: 0,
    closed_won: 0,
    closed_lost: 0,
    follow_up: 0,
  },
  waiting: 48,
  messages: 674,
  customerMessages: 365,
  agentMessages: 309,
  handoffs: 136,
  dealsWon: 20,
  dealsLost: 15,
  wonMonthlyCents: 1_274_000,
  inputTokens: 500_000,
  outputTokens: 94_700,
  costMicros: 660_000,
};

const REACHED: Partial<Record<SalesStage, number>> = {
  lead: 60,
  qualification: 60,
  qualified: 49,
  closing: 30,
  closed_won: 20,
};
const NOTHING = { count: 0, meanMs: null, medianMs: null, p90Ms: null };
const OBJECTION = ObjectionId.parse('e'.repeat(24));
export const CONVERSATION = ConversationId.parse('f'.repeat(24));

export function insightAnswers(
  over: Answers['metrics'] = {},
  objections: Answers['objections'] = {},
): Answers {
  return {
    metrics: {
      overview: () => overview,
      funnel: () => ({
        stages: SalesStage.options.map((stage) => ({
          stage,
          entered: 80,
          reached: REACHED[stage] ?? 5,
          now: 7,
        })),
        conversions: SalesStage.options.flatMap((from) =>
          SalesStage.options
            .filter((to) => to !== from)
            .map((to) => ({ from, to, entered: 49, converted: 20, rate: 20 / 49 })),
        ),
      }),
      timeInStage: () => ({
        stages: SalesStage.options.map((stage) => ({
          stage,
          ...(stage === 'closing'
            ? { count: 27, meanMs: 11 * HOUR, medianMs: 10 * HOUR, p90Ms: 30 * HOUR }
            : NOTHING),
        })),
      }),
      responseTimes: () => ({
        all: { count: 10, meanMs: HOUR, medianMs: 180_000, p90Ms: 4 * HOUR },
        byAgent: [{ agentId: closer, count: 10, meanMs: HOUR, medianMs: 180_000, p90Ms: 4 * HOUR }],
        buckets: [
          { fromMs: 0, toMs: 10_000, count: 4 },
          { fromMs: 10_000, toMs: null, count: 6 },
        ],
      }),
      objections: () => ({
        total: 3,
        byType: ObjectionType.options.map((type) => ({
          type,
          total: type === 'price' ? 3 : 0,
          active: type === 'price' ? 1 : 0,
          resolved: type === 'price' ? 2 : 0,
          deferred: 0,
          resolutionRate: type === 'price' ? 2 / 3 : null,
          meanTimeToResolveMs: type === 'price' ? HOUR : null,
        })),
        active: 1,
        resolved: 2,
        deferred: 0,
        resolutionRate: 2 / 3,
        meanTimeToResolveMs: HOUR,
      }),
      agents: () => ({
        agents: [
          {
            agentId: closer,
            conversations: 23,
            messages: 46,
            handoffsIn: 23,
            handoffsOut: 1,
            dealsWon: 14,
            meanResponseMs: HOUR,
            inputTokens: 1_000,
            outputTokens: 500,
            costMicros: 660_000,
          },
          {
            agentId: AgentId.parse('ana'),
            conversations: 11,
            messages: 22,
            handoffsIn: 11,
            handoffsOut: 0,
            dealsWon: 6,
            meanResponseMs: null,
            inputTokens: 0,
            outputTokens: 0,
            costMicros: 0,
          },
        ],
      }),
      ...over,
    },
    objections: {
      list: () => ({
        items: [
          {
            id: OBJECTION,
            conversationId: CONVERSATION,
            type: 'price',
            text: 'It is a bit much for us',
            severity: 'high',
            status: 'active',
            raisedBy: closer,
            raisedAt: new Date().toISOString(),
            method: null,
            notes: null,
            handledBy: null,
            confidence: null,
            resolvedAt: null,
            deferReason: null,
            deferredAt: null,
            followUpId: null,
          },
        ],
        nextCursor: null,
      }),
      ...objections,
    },
    conversations: { list: () => ({ items: [], nextCursor: null }) },
  };
}
