import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { BusinessHours } from './business-hours.ts';
import { keyedCommandFields } from './command-fields.ts';

/** A minute to a year. */
const ReopenWithinMs = z.int().min(60_000).max(31_622_400_000);

/** What holds for all of a tenant's conversations. */
export interface Tenant {
  id: string;
  /** A follow-up that falls outside them moves to the next opening; null for no hours. */
  businessHours: BusinessHours | null;
  /** How long after it closed a conversation is reopened where its contact comes back, in milliseconds; null for never. */
  reopenWithinMs: number | null;
}
export const Tenant: NamedSchema<Tenant> = named(
  z.strictObject({
    id: z.string(),
    businessHours: BusinessHours.nullable(),
    reopenWithinMs: ReopenWithinMs.nullable(),
  }),
);

/** What is not given stays. */
const updateTenantObject = z
  .strictObject({
    businessHours: BusinessHours.nullable().optional(),
    reopenWithinMs: ReopenWithinMs.nullable().optional(),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  })
  .refine(
    ({ businessHours, reopenWithinMs }) => businessHours !== undefined || reopenWithinMs !== undefined,
    {
      message: 'Give businessHours, reopenWithinMs or both',
    },
  );
export interface UpdateTenant extends z.infer<typeof updateTenantObject> {}
export interface UpdateTenantInput extends z.input<typeof updateTenantObject> {}
export const UpdateTenant: NamedSchema<UpdateTenant, UpdateTenantInput> = named(updateTenantObject);
