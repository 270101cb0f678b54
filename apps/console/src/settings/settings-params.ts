import { AgentId } from '@baton/schema';
import { z } from 'zod';

export const SECTIONS = [
  { section: 'you', name: 'You' },
  { section: 'agents', name: 'Agents' },
  { section: 'hours', name: 'Business hours' },
  { section: 'theme', name: 'Theme' },
  { section: 'store', name: 'Store' },
] as const;

/** What of the place Settings stands in the address; what nobody can read is left out. */
export const SettingsParams = z.object({
  section: z.enum(['you', 'agents', 'hours', 'theme', 'store']).default('you').catch('you'),
  /** The agent that is being changed; `+` for one that is being registered. */
  agent: z
    .union([AgentId, z.literal('+')])
    .optional()
    .catch(undefined),
});
export type SettingsParams = z.infer<typeof SettingsParams>;
