import { AgentId } from '@baton/schema';
import { z } from 'zod';

export const SECTIONS = [
  { section: 'you', name: 'You' },
  { section: 'agents', name: 'Agents' },
  { section: 'hours', name: 'Business hours' },
  { section: 'theme', name: 'Theme' },
  { section: 'store', name: 'Store' },
] as const;

/** The page's search params; invalid ones are dropped. */
export const SettingsParams = z.object({
  section: z.enum(['you', 'agents', 'hours', 'theme', 'store']).default('you').catch('you'),
  /** The edited agent; `+` for a new one. */
  agent: z
    .union([AgentId, z.literal('+')])
    .optional()
    .catch(undefined),
});
export type SettingsParams = z.infer<typeof SettingsParams>;
