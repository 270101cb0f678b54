import { AgentId, type RegisterAgent } from '@baton/schema';
import type { z } from 'zod';

export const SUPERVISOR = AgentId.parse('supervisor');
export const QUALIFIER = AgentId.parse('qualifier');
export const OBJECTION_HANDLER = AgentId.parse('objection_handler');
export const CLOSER = AgentId.parse('closer');
export const ONBOARDING = AgentId.parse('onboarding_specialist');

export const DANA = AgentId.parse('dana_whitfield');
export const MARCUS = AgentId.parse('marcus_oyelaran');
export const PRIYA = AgentId.parse('priya_raman');
export const SALES_DESK = AgentId.parse('sales_desk');

export const TEAM: readonly z.input<typeof RegisterAgent>[] = [
  { id: DANA, kind: 'human', name: 'Dana Whitfield', roles: ['account executive'], capacity: 40 },
  { id: MARCUS, kind: 'human', name: 'Marcus Oyelaran', roles: ['account executive', 'enterprise'] },
  { id: PRIYA, kind: 'human', name: 'Priya Raman', roles: ['sales lead'] },
  { id: SALES_DESK, kind: 'queue', name: 'Sales desk', roles: ['people'], members: [DANA, MARCUS, PRIYA] },
];

const HUMANS: ReadonlySet<string> = new Set(TEAM.filter(({ kind }) => kind === 'human').map(({ id }) => id));

export function isHuman(agentId: AgentId): boolean {
  return HUMANS.has(agentId);
}
