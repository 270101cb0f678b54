import { z } from 'zod';
import type { TypeOf } from './named.ts';

const salesStageEnum = z.enum([
  'lead',
  'qualification',
  'qualified',
  'objection_handling',
  'closing',
  'closed_won',
  'closed_lost',
  'follow_up',
]);
export type SalesStage = z.infer<typeof salesStageEnum>;
export interface SalesStageEnum extends TypeOf<typeof salesStageEnum> {}
export const SalesStage: SalesStageEnum = salesStageEnum;

/** The direct path of a sale; the other stages are detours and ends. */
export const SALES_PATH: readonly SalesStage[] = [
  'lead',
  'qualification',
  'qualified',
  'closing',
  'closed_won',
];
