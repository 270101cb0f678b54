import { z } from 'zod';
import type { NamedEnum } from './named.ts';

const salesStageValues = [
  'lead',
  'qualification',
  'qualified',
  'objection_handling',
  'closing',
  'closed_won',
  'closed_lost',
  'follow_up',
] as const;
export type SalesStage = (typeof salesStageValues)[number];
export interface SalesStageEnum extends NamedEnum<SalesStage> {}
export const SalesStage: SalesStageEnum = z.enum(salesStageValues);

/** The direct path of a sale; the other stages are detours and ends. */
export const SALES_PATH: readonly SalesStage[] = [
  'lead',
  'qualification',
  'qualified',
  'closing',
  'closed_won',
];
