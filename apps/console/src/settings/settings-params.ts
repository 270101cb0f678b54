import { AgentId, AuditAction } from '@baton/schema';
import { z } from 'zod';
import { TextParam } from '../format/text-param.ts';

/** `needs` is the procedure without which a section has nothing to show. */
export const SECTIONS = [
  { section: 'you', name: 'You' },
  { section: 'agents', name: 'Agents' },
  { section: 'hours', name: 'Business hours' },
  { section: 'sending', name: 'Sending' },
  { section: 'browsers', name: 'Browsers', needs: 'sessions.list' },
  { section: 'keys', name: 'API keys', needs: 'apiKeys.list' },
  { section: 'limits', name: 'Limits', needs: 'admin.limits' },
  { section: 'retention', name: 'Retention', needs: 'privacy.retention' },
  { section: 'privacy', name: 'Privacy', needs: 'privacy.exportContact' },
  { section: 'audit', name: 'Audit log', needs: 'admin.audit' },
  { section: 'theme', name: 'Theme' },
  { section: 'store', name: 'Store' },
] as const satisfies readonly { section: string; name: string; needs?: string }[];

/** The page's search params; invalid ones are dropped. */
export const SettingsParams = z.object({
  section: z
    .enum(SECTIONS.map(({ section }) => section))
    .default('you')
    .catch('you'),
  /** The edited agent; `+` for a new one. */
  agent: z
    .union([AgentId, z.literal('+')])
    .optional()
    .catch(undefined),
  /** The contact that Privacy looks for. */
  find: TextParam.optional().catch(undefined),
  /** The only action that the audit log shows. */
  action: AuditAction.optional().catch(undefined),
});
export type SettingsParams = z.infer<typeof SettingsParams>;
