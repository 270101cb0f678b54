import { Refusal } from '@baton/domain';
import type { AgentId, Right, Role } from '@baton/schema';

type Granted = { role?: Role | undefined; rights?: readonly Right[] | undefined; agentId: AgentId | null };

/** The role of what was granted, also by a server that knows rights only; null where it says nothing of either. */
export function roleOf({ role, rights, agentId }: Granted): Role | null {
  if (role !== undefined) return role;
  if (rights === undefined) return null;
  const mayImport = rights.includes('import');
  if (rights.includes('manage')) return mayImport ? 'admin' : 'manager';
  if (mayImport) return 'import';
  return agentId === null ? 'app' : 'agent';
}

/**
 * What a server of the version before lets a role do; undefined for a role that it cannot keep within bounds,
 * which it then does not let in.
 */
export function rightsOf(role: Role): Right[] | undefined {
  switch (role) {
    case 'viewer':
    case 'agent':
      return undefined;
    case 'manager':
      return ['manage'];
    case 'app':
      return [];
    case 'import':
      return ['import'];
    case 'admin':
      return ['import', 'manage'];
  }
}

/** What is stored of a role. */
export function roleFieldsOf(role: Role): { role: Role; rights?: Right[] } {
  const rights = rightsOf(role);
  return { role, ...(rights && { rights }) };
}

/** @throws Refusal INVALID_INPUT for an `agent` that is nobody */
export function requireAgentOfRole(role: Role, agentId: AgentId | null): void {
  if (role !== 'agent' || agentId !== null) return;
  throw new Refusal('INVALID_INPUT', 'The role agent needs the agent that it acts as', { role });
}
