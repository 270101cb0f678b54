import { Refusal } from '@baton/domain';
import type { Actor, AgentId, Role } from '@baton/schema';
import type { Credential } from './context.ts';
import { refusalError } from './error.ts';
import { apps, forbidden, importers, managers, mayForce, registrars } from './roles.ts';

/** Whether a role acts for any agent, and brings what customers say. */
export function actsForAnyone(role: Role): boolean {
  return includes(apps, role);
}

/** Where a manager also names other agents as those who act: it assigns and takes over for them. */
const FOR_OTHERS: ReadonlySet<string> = new Set([
  'conversations.create',
  'conversations.findOrCreate',
  'followUps.claim',
  'handoffs.accept',
  'handoffs.reassign',
  'handoffs.cancel',
  'handoffs.reject',
  'handoffs.release',
  'handoffs.request',
  'handoffs.takeover',
  'handoffs.transfer',
]);

/** The fields of mutations that say who acts or spoke, or what only some roles may say. */
type Named = {
  at?: string;
  force?: boolean;
  by?: AgentId;
  from?: AgentId;
  handledBy?: AgentId;
  assignee?: AgentId;
  followUpId?: string;
  author?: Actor;
  messages?: readonly { author: Actor }[];
  initialMessage?: { author: Actor };
};

/**
 * What the input of a mutation may say, by the caller's role. It names fields and not procedures, so that none is
 * forgotten.
 * @throws TRPCError FORBIDDEN with `{role, needs, field}`
 */
export function requireMayAct(credential: Credential, path: string, given: object): void {
  const { role } = credential;
  // Parsed by the procedure's schema, in which these names mean the same everywhere.
  const input = given as Named;
  if (input.at !== undefined && !includes(importers, role))
    throw forbidden('Only some give a command its instant', role, importers, { field: 'at' });
  if (input.force === true && !mayForce(role))
    throw forbidden('Only some force what the rules refuse', role, managers, { field: 'force' });
  if (path === 'agents.update') requireOwnAvailability(credential, given);
  if (actsForAnyone(role)) return;

  for (const { author, field } of authorsOf(input)) requireOwnWords(credential, author, field);
  if (role === 'manager' && FOR_OTHERS.has(path)) return;
  const claimsAnyones = path === 'followUps.claim' && input.followUpId === undefined;
  if (claimsAnyones && input.assignee === undefined) throw notItself(credential, 'assignee', 'everyone');
  for (const [field, agentId] of actingAgents(path, given)) {
    if (agentId !== credential.agentId) throw notItself(credential, field, agentId);
  }
}

function includes(roles: readonly string[], role: string): boolean {
  return roles.includes(role);
}

function authorsOf({ author, messages = [], initialMessage }: Named): { author: Actor; field: string }[] {
  return [
    ...(author === undefined ? [] : [{ author, field: 'author' }]),
    ...messages.map((message, index) => ({ author: message.author, field: `messages[${index}].author` })),
    ...(initialMessage === undefined
      ? []
      : [{ author: initialMessage.author, field: 'initialMessage.author' }]),
  ];
}

function requireOwnWords(credential: Credential, { kind, agentId }: Actor, field: string): void {
  if (kind === 'customer')
    throw forbidden('Only some bring what a customer said', credential.role, apps, { field });
  // A tool works for an agent, who answers for what it writes.
  if (kind === 'tool' && agentId === undefined) throw notItself(credential, `${field}.agentId`, 'nobody');
  if (agentId === undefined || agentId !== credential.agentId)
    throw notItself(credential, field, agentId ?? kind);
}

/** The agents that an input names as those who act, by field. */
function actingAgents(path: string, input: object): [field: string, agentId: unknown][] {
  const fields = new Set(['by', 'from', 'handledBy', ...(ALSO_ACTING[path] ?? [])]);
  return Object.entries(input).filter(([field, value]) => fields.has(field) && value !== undefined);
}

/** Fields that name who acts in these procedures, and someone else or nobody in others. */
const ALSO_ACTING: Record<string, readonly string[]> = {
  'conversations.create': ['agentId'],
  'conversations.findOrCreate': ['agentId'],
  'followUps.claim': ['assignee'],
};

/** Who registers no agents says only whether one is there: an `agent` of itself, an `app` of any. */
function requireOwnAvailability(credential: Credential, update: { id?: unknown }): void {
  const { role, agentId } = credential;
  if (includes(registrars, role)) return;
  for (const field of Object.keys(update)) {
    if (['id', 'availability', 'idempotencyKey'].includes(field)) continue;
    throw forbidden('Only some change more of an agent than its availability', role, registrars, { field });
  }
  if (role === 'agent' && update.id !== agentId) throw notItself(credential, 'id', update.id);
}

function notItself({ role, agentId }: Credential, field: string, named: unknown) {
  const who = agentId === null ? 'is bound to no agent' : `acts as ${agentId} only`;
  const message = `This credential ${who}, not as ${String(named)}: ${apps.join(' or ')} acts for others`;
  return refusalError(new Refusal('FORBIDDEN', message, { role, needs: [...apps], field, agentId }));
}
