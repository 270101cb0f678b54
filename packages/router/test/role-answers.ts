import { Role } from '@baton/schema';

/** Of viewer, agent, manager, app, import and admin: `+` where the call is taken, `-` where the role is FORBIDDEN. */
type Marks = string;

type Row = readonly [
  /** As itself: as the agent that the credential is bound to. */
  itself: Marks,
  /** Naming another agent as the one who acts, by field where they differ; null where no field says who acts. */
  another: Marks | Readonly<Record<string, Marks>> | null,
  /** What it answers where it is taken, as itself and on a conversation that it owns. */
  answer: string,
];

const READ = ['+ + + + + +', null, 'ok'] as const;
/** Names who acts: an agent and a manager name themselves only. */
const ACT = ['- + + + + +', '- - - + + +', 'ok'] as const;
/** As before, but a manager does it for others too. */
const DESK = ['- + + + + +', '- - + + + +', 'ok'] as const;
/** A manager gives the conversation to another, and does not speak for others. */
const CREATE = [
  '- + + + + +',
  { by: '- - + + + +', agentId: '- - + + + +', initialMessage: '- - - + + +' },
  'ok',
] as const;
const WORK = ['- + + + + +', null, 'ok'] as const;
const MANAGE = ['- - + - - +', null, 'ok'] as const;
const ADMIN = ['- - - - - +', null, 'ok'] as const;
const APP = ['- - - + + +', '- - - + + +', 'ok'] as const;
const IMPORT = ['- - - - + +', null, 'ok'] as const;

/** What each procedure that a credential opens answers to each role. */
export const roleAnswers: Record<string, Row> = {
  //                                viewer agent manager app import admin
  'admin.audit': ADMIN,
  'admin.limits': READ,
  'admin.stats': READ,
  'admin.verifySchema': READ,
  'agents.list': READ,
  'agents.register': ['- - + - + +', null, 'ok'],
  'agents.restore': IMPORT,
  'agents.update': DESK,
  'agents.workload': READ,
  'apiKeys.create': ADMIN,
  'apiKeys.list': ADMIN,
  'apiKeys.revoke': ADMIN,
  'apiKeys.rotate': ADMIN,
  'contacts.changes': READ,
  'contacts.get': READ,
  'contacts.history': READ,
  'contacts.list': READ,
  'contacts.restore': IMPORT,
  'contacts.setConsent': WORK,
  'contacts.update': WORK,
  'conversations.abandon': ACT,
  'conversations.at': READ,
  'conversations.close': ACT,
  'conversations.create': CREATE,
  'conversations.export': IMPORT,
  'conversations.findActiveByContact': READ,
  'conversations.findOrCreate': CREATE,
  'conversations.get': READ,
  'conversations.history': READ,
  'conversations.list': READ,
  'conversations.listByAgent': READ,
  'conversations.listByStage': READ,
  'conversations.pause': ACT,
  'conversations.reopen': ['- + + + + +', '- - - + + +', 'INVALID_STATUS'],
  'conversations.restore': ['- - - - + +', null, 'ENTRIES_DIFFER'],
  'conversations.resume': ['- + + + + +', '- - - + + +', 'INVALID_STATUS'],
  'conversations.timeline': READ,
  'conversations.update': ACT,
  'deals.close': ACT,
  'deals.update': ACT,
  'files.create': ACT,
  'files.get': READ,
  'files.list': READ,
  'followUps.cancel': ACT,
  'followUps.claim': DESK,
  'followUps.complete': ACT,
  'followUps.fail': ACT,
  'followUps.heartbeat': WORK,
  'followUps.list': READ,
  'followUps.listDue': READ,
  'followUps.schedule': ACT,
  'followUps.snooze': ACT,
  'handoffs.accept': DESK,
  'handoffs.cancel': DESK,
  'handoffs.list': READ,
  'handoffs.pending': READ,
  'handoffs.reassign': ['- - + - - +', '- - + - - +', 'ok'],
  'handoffs.reject': DESK,
  'handoffs.release': DESK,
  'handoffs.request': DESK,
  'handoffs.takeover': ['- + + + + +', '- - + + + +', 'ALREADY_OWNER'],
  'handoffs.transfer': DESK,
  'messages.append': ACT,
  'messages.appendTurn': ACT,
  'messages.canSend': READ,
  'messages.reserve': ACT,
  'messages.context': READ,
  'messages.list': READ,
  'messages.rate': ACT,
  'messages.report': APP,
  'messages.revise': ACT,
  'messages.redact': ['- - + - - +', '- - - - - +', 'ok'],
  'messages.refused': READ,
  'metrics.agents': READ,
  'metrics.conversations': READ,
  'metrics.funnel': READ,
  'metrics.objections': READ,
  'metrics.overview': READ,
  'metrics.responseTimes': READ,
  'metrics.timeInStage': READ,
  'objections.defer': ACT,
  'objections.list': READ,
  'objections.raise': ACT,
  'objections.resolve': ACT,
  'objections.stats': READ,
  'privacy.eraseContact': ADMIN,
  'privacy.erasures': ADMIN,
  'privacy.exportContact': IMPORT,
  'privacy.preview': ADMIN,
  'privacy.previewRetention': ADMIN,
  'privacy.retention': ADMIN,
  'privacy.setRetention': ADMIN,
  'qualification.check': READ,
  'qualification.get': READ,
  'qualification.history': READ,
  'qualification.record': ACT,
  'search.conversations': READ,
  'search.messages': READ,
  // A key is nobody's browser.
  'session.actAs': ['+ + + + + +', null, 'FORBIDDEN'],
  'session.createLink': MANAGE,
  'session.get': READ,
  'session.signOut': READ,
  'sessions.list': READ,
  // Nobody has the session of the sample, and only admins see others'.
  'sessions.revoke': ['+ + + + + +', null, 'NOT_FOUND'],
  'stages.history': READ,
  'stages.listNext': READ,
  'stages.transition': ACT,
  'stages.validate': READ,
  'tenant.get': READ,
  'tenant.update': MANAGE,
};

/** What a field of any mutation takes from whom. */
export const fieldAnswers = {
  at: '- - - - + +',
  force: '- - + - - +',
  /** An author, or the author of a first message, who is a customer. */
  customer: '- - - + + +',
  /** What the system says. */
  system: '- - - + + +',
  /** What a tool writes that names no agent. */
  tool: '- - - + + +',
} as const satisfies Record<string, Marks>;

/** Fields with an agent that is not the one who acts. */
export const NAMES_OTHERS: ReadonlySet<string> = new Set([
  'agents.register.id',
  'agents.register.members',
  'agents.update.members',
  'apiKeys.create.agentId',
  'followUps.schedule.assignee',
  'handoffs.reassign.to',
  'handoffs.release.to',
  'handoffs.request.to',
  'handoffs.transfer.to',
  'session.actAs.agentId',
  'session.createLink.agentId',
  'tenant.update.sendPolicy',
]);

export function isTaken(marks: Marks, role: Role): boolean {
  return marks.split(' ')[Role.options.indexOf(role)] === '+';
}
