import { z } from 'zod';

/** What the process reads from its environment. */
export const Settings = z.object({
  MONGODB_URI: z.string().min(1, 'Set MONGODB_URI to the connection string of a replica set'),
  BATON_PORT: z.coerce.number().int().min(0).max(65_535).default(4_000),
  BATON_HOST: z.string().min(1).default('0.0.0.0'),
  BATON_FEEDS_PER_TENANT: z.coerce.number().int().min(1).default(5_000),
});
