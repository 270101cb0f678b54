import { Refusal } from '@baton/domain';
import { Role } from '@baton/schema';
import { refusalError } from './error.ts';

/** The roles that may call a procedure; `everyone` also without a credential. */
type Row = readonly Role[] | 'everyone';

const everyone = 'everyone';
const readers = Role.options;
/** Who changes conversations. */
const workers = ['agent', 'manager', 'app', 'import', 'admin'] as const;
export const managers = ['manager', 'admin'] as const;
/** A company's own backend, or what acts as one: it brings what customers and providers say. */
export const apps = ['app', 'import', 'admin'] as const;
/** Who brings history in, with its agents and its instants. */
export const importers = ['import', 'admin'] as const;
const admins = ['admin'] as const;
/** Who registers agents. */
export const registrars = ['manager', 'import', 'admin'] as const;

/**
 * Who may call what: a row for each procedure. One without a row, or a row without a procedure, does not compile (see
 * app-router.ts). What a role may name in an input is in acting-as.ts.
 */
export const procedureRoles = {
  'admin.audit': admins,
  'admin.health': everyone,
  'admin.limits': readers,
  'admin.ready': everyone,
  'admin.stats': readers,
  'admin.verifySchema': readers,

  'agents.list': readers,
  'agents.register': registrars,
  'agents.restore': importers,
  'agents.update': workers,
  'agents.workload': readers,

  'apiKeys.create': admins,
  'apiKeys.list': admins,
  'apiKeys.revoke': admins,
  'apiKeys.rotate': admins,

  'contacts.changes': readers,
  'contacts.get': readers,
  'contacts.history': readers,
  'contacts.list': readers,
  'contacts.restore': importers,
  'contacts.setConsent': workers,
  'contacts.update': workers,

  'conversations.abandon': workers,
  'conversations.at': readers,
  'conversations.close': workers,
  'conversations.create': workers,
  'conversations.export': importers,
  'conversations.findActiveByContact': readers,
  'conversations.findOrCreate': workers,
  'conversations.get': readers,
  'conversations.history': readers,
  'conversations.list': readers,
  'conversations.listByAgent': readers,
  'conversations.listByStage': readers,
  'conversations.pause': workers,
  'conversations.reopen': workers,
  'conversations.restore': importers,
  'conversations.resume': workers,
  'conversations.timeline': readers,
  'conversations.update': workers,

  'deals.close': workers,
  'deals.update': workers,

  'feed.conversation': readers,
  'feed.tenant': readers,

  'files.create': workers,
  'files.get': readers,
  'files.list': readers,

  'followUps.cancel': workers,
  'followUps.claim': workers,
  'followUps.complete': workers,
  'followUps.fail': workers,
  'followUps.heartbeat': workers,
  'followUps.list': readers,
  'followUps.listDue': readers,
  'followUps.schedule': workers,
  'followUps.snooze': workers,

  'handoffs.accept': workers,
  'handoffs.cancel': workers,
  'handoffs.list': readers,
  'handoffs.pending': readers,
  'handoffs.reassign': managers,
  'handoffs.reject': workers,
  'handoffs.release': workers,
  'handoffs.request': workers,
  'handoffs.takeover': workers,
  'handoffs.transfer': workers,

  'messages.append': workers,
  'messages.appendTurn': workers,
  'messages.canSend': readers,
  'messages.context': readers,
  'messages.list': readers,
  'messages.rate': workers,
  'messages.redact': managers,
  'messages.refused': readers,
  'messages.reserve': workers,
  'messages.report': apps,
  'messages.revise': workers,

  'metrics.agents': readers,
  'metrics.conversations': readers,
  'metrics.funnel': readers,
  'metrics.objections': readers,
  'metrics.overview': readers,
  'metrics.responseTimes': readers,
  'metrics.timeInStage': readers,

  'objections.defer': workers,
  'objections.list': readers,
  'objections.raise': workers,
  'objections.resolve': workers,
  'objections.stats': readers,

  'privacy.eraseContact': admins,
  'privacy.erasures': admins,
  'privacy.exportContact': importers,
  'privacy.preview': admins,
  'privacy.previewRetention': admins,
  'privacy.retention': admins,
  'privacy.setRetention': admins,

  'qualification.check': readers,
  'qualification.get': readers,
  'qualification.history': readers,
  'qualification.record': workers,

  'search.conversations': readers,
  'search.messages': readers,

  'session.actAs': readers,
  'session.createLink': managers,
  'session.get': readers,
  'session.methods': everyone,
  'session.signIn': everyone,
  'session.signOut': readers,

  'sessions.list': readers,
  'sessions.revoke': readers,

  'stages.history': readers,
  'stages.listNext': readers,
  'stages.transition': workers,
  'stages.validate': readers,

  'tenant.get': readers,
  'tenant.update': managers,
} as const satisfies Record<string, Row>;

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(procedureRoles));

/** What needs no credential. */
export const OPEN_PROCEDURES: ReadonlySet<string> = new Set(
  [...rows].filter(([, row]) => row === everyone).map(([path]) => path),
);

function mayCall(role: Role, row: Row | undefined): boolean {
  return row === everyone || (row ?? []).includes(role);
}

/** The paths of all that a role may call. */
export function proceduresOf(role: Role): string[] {
  return [...rows].filter(([, row]) => mayCall(role, row)).map(([path]) => path);
}

/** Whether a role may force what the rules of stages and of capacity refuse. */
export function mayForce(role: Role): boolean {
  return managers.some((manager) => manager === role);
}

/** Of every call of a suspended tenant. */
export function tenantSuspended(): Refusal {
  return new Refusal('TENANT_SUSPENDED', 'This tenant is suspended: ask whoever runs this server');
}

/** @throws TRPCError FORBIDDEN with `{role, needs}` */
export function requireRole(path: string, role: Role): void {
  const row = rows.get(path);
  if (mayCall(role, row)) return;
  // A row that is missing lets nobody in.
  const needs = row === undefined || row === everyone ? [] : row;
  throw forbidden(`${path} is not for the role ${role}`, role, needs);
}

/** Of a call that another role may make. */
export function forbidden(what: string, role: Role, needs: readonly Role[], details: object = {}) {
  const message = `${what}: it takes ${needs.join(' or ')}`;
  return refusalError(new Refusal('FORBIDDEN', message, { role, needs: [...needs], ...details }));
}
