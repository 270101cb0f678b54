import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { BusinessHours } from './business-hours.ts';
import { keyedCommandFields } from './command-fields.ts';

/** What holds for all of a tenant's conversations. */
export interface Tenant {
  id: string;
  /** A follow-up that falls outside them moves to the next opening; null for no hours. */
  businessHours: BusinessHours | null;
}
export const Tenant: NamedSchema<Tenant> = named(
  z.strictObject({
    id: z.string(),
    businessHours: BusinessHours.nullable(),
  }),
);

const updateTenantObject = z.strictObject({
  businessHours: BusinessHours.nullable(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface UpdateTenant extends z.infer<typeof updateTenantObject> {}
export interface UpdateTenantInput extends z.input<typeof updateTenantObject> {}
export const UpdateTenant: NamedSchema<UpdateTenant, UpdateTenantInput> = named(updateTenantObject);
