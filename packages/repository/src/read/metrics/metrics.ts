import { agents } from './agents.ts';
import { conversations } from './conversations.ts';
import { funnel } from './funnel.ts';
import { overview } from './overview.ts';
import { responseTimes } from './response-times.ts';
import { timeInStage } from './time-in-stage.ts';

export const metricsQueries = { overview, funnel, timeInStage, responseTimes, agents, conversations };
