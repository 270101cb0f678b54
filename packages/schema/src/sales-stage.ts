import { z } from 'zod';

export const SalesStage = z.enum([
  'lead',
  'qualification',
  'qualified',
  'objection_handling',
  'closing',
  'closed_won',
  'closed_lost',
  'follow_up',
]);
export type SalesStage = z.infer<typeof SalesStage>;
