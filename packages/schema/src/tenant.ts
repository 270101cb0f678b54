import { z } from 'zod';
import { BusinessHours } from './business-hours.ts';
import { keyedCommandFields } from './command-fields.ts';

/** What holds for all of a tenant's conversations. */
export const Tenant = z.strictObject({
  id: z.string(),
  /** A follow-up that falls outside them moves to the next opening; null for no hours. */
  businessHours: BusinessHours.nullable(),
});
export type Tenant = z.infer<typeof Tenant>;

export const UpdateTenant = z.strictObject({
  businessHours: BusinessHours.nullable(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type UpdateTenant = z.infer<typeof UpdateTenant>;
