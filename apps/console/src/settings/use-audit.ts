import type { AuditAction, AuditRecord } from '@baton/schema';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { usePages } from '../lists/use-pages.ts';

/** The audit log, the newest first. */
export function useAudit(action: AuditAction | undefined) {
  const { api } = useBaton();
  const trpc = useTRPC();
  return usePages<AuditRecord>({
    queryKey: trpc.admin.audit.queryKey({ action }),
    read: (cursor, signal) => api.admin.audit.query({ action, limit: 50, cursor }, { signal }),
    keepsPrevious: true,
  });
}
