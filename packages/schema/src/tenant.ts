import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { BusinessHours } from './business-hours.ts';
import { keyedCommandFields } from './command-fields.ts';
import { NewSendPolicy, SendPolicy } from './send-policy.ts';

/** A minute to a year. */
const ReopenWithinMs = z.int().min(60_000).max(31_622_400_000);

/** What holds for all of a tenant's conversations. */
export interface Tenant {
  id: string;
  /** A follow-up that falls outside them moves to the next opening; null for no hours. */
  businessHours: BusinessHours | null;
  /** How long after it closed a conversation is reopened where its contact comes back, in milliseconds; null for never. */
  reopenWithinMs: number | null;
  /** What holds of all that its agents say in public, beside consent; null where nothing does. */
  sendPolicy: SendPolicy | null;
}
export const Tenant: NamedSchema<Tenant> = named(
  z.strictObject({
    id: z.string(),
    businessHours: BusinessHours.nullable(),
    reopenWithinMs: ReopenWithinMs.nullable(),
    sendPolicy: SendPolicy.nullable(),
  }),
);

/** What is not given stays. */
const updateTenantObject = z
  .strictObject({
    businessHours: BusinessHours.nullable().optional(),
    reopenWithinMs: ReopenWithinMs.nullable().optional(),
    sendPolicy: NewSendPolicy.nullable().optional(),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  })
  .refine(
    ({ businessHours, reopenWithinMs, sendPolicy }) =>
      businessHours !== undefined || reopenWithinMs !== undefined || sendPolicy !== undefined,
    { message: 'Give businessHours, reopenWithinMs, sendPolicy or several' },
  );
export interface UpdateTenant extends z.infer<typeof updateTenantObject> {}
export interface UpdateTenantInput extends z.input<typeof updateTenantObject> {}
export const UpdateTenant: NamedSchema<UpdateTenant, UpdateTenantInput> = named(updateTenantObject);
