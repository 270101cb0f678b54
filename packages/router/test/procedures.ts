import { ANA, newContact, type TestServer } from '../../../apps/server/test/test-server.ts';

/** The ids and the lease that the samples name. */
export type Fixture = {
  contactId: string;
  conversationId: string;
  handoffId: string;
  objectionId: string;
  followUpId: string;
  fileId: string;
  leaseToken: string;
  /** A key that nobody calls with. */
  keyId: string;
};

export type Procedure = {
  type: 'query' | 'mutation';
  input: (fixture: Fixture) => Record<string, unknown> | undefined;
};

const query = (input: Procedure['input'] = () => undefined): Procedure => ({ type: 'query', input });
const mutation = (input: Procedure['input'] = () => undefined): Procedure => ({ type: 'mutation', input });
const ofConversation = ({ conversationId }: Fixture) => ({ conversationId });

const RESTORED_AT = { firstSeenAt: '2024-01-01T00:00:00.000Z', lastSeenAt: '2024-01-02T00:00:00.000Z' };
const RESTORED_AGENT = {
  id: 'restored',
  kind: 'human',
  name: 'Restored',
  roles: [],
  capacity: null,
  availability: 'away',
  members: [],
  createdAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-01-02T00:00:00.000Z',
};

/** A good input for every procedure that a key opens; the ids among it are those of one tenant. */
export const procedures: Record<string, Procedure> = {
  'admin.limits': query(),
  'admin.stats': query(),
  'admin.verifySchema': query(),
  'admin.audit': query(() => ({})),
  'agents.register': mutation(() => ({ id: `agent_${newContact().replaceAll('-', '_')}`, kind: 'ai' })),
  'agents.update': mutation(() => ({ id: ANA, availability: 'available' })),
  'agents.restore': mutation(() => ({ agents: [RESTORED_AGENT] })),
  'agents.list': query(() => ({})),
  'agents.workload': query(() => ({ agentId: ANA })),
  'apiKeys.create': mutation(() => ({ name: 'Sample', role: 'viewer' })),
  'apiKeys.list': query(() => ({})),
  'apiKeys.revoke': mutation(({ keyId }) => ({ keyId })),
  'apiKeys.rotate': mutation(({ keyId }) => ({ keyId })),
  'contacts.changes': query(({ contactId }) => ({ contactId })),
  'contacts.get': query(({ contactId }) => ({ contactId })),
  'contacts.history': query(({ contactId }) => ({ contactId })),
  'contacts.list': query(() => ({})),
  'contacts.setConsent': mutation(({ contactId }) => ({
    contactId,
    channel: 'web',
    state: 'withdrawn',
    source: 'Replied STOP',
  })),
  'contacts.update': mutation(({ contactId }) => ({ contactId, name: 'Ada Lovelace' })),
  'contacts.restore': mutation(() => ({ contacts: [{ id: newContact(), ...RESTORED_AT }] })),
  'conversations.create': mutation(() => ({ contactId: newContact(), channel: 'web' })),
  'conversations.findOrCreate': mutation(() => ({ contactId: newContact(), channel: 'web' })),
  'conversations.update': mutation((it) => ({ ...ofConversation(it), tags: ['seen'] })),
  'conversations.pause': mutation((it) => ({ ...ofConversation(it), until: '2999-01-01T00:00:00.000Z' })),
  'conversations.resume': mutation(ofConversation),
  'conversations.close': mutation(ofConversation),
  'conversations.abandon': mutation(ofConversation),
  'conversations.reopen': mutation(ofConversation),
  'conversations.export': query(() => ({})),
  'conversations.restore': mutation((it) => ({
    ...ofConversation(it),
    entries: [
      {
        ...ofConversation(it),
        seq: 1,
        version: 1,
        at: '2024-01-01T00:00:00.000Z',
        actor: { kind: 'system' },
        kind: 'created',
        contactId: newContact(),
        channel: 'web',
        agentId: 'supervisor',
        tags: [],
        metadata: {},
      },
    ],
  })),
  'conversations.get': query(ofConversation),
  'conversations.at': query((it) => ({ ...ofConversation(it), seq: 1 })),
  'conversations.list': query(() => ({})),
  'conversations.listByStage': query(() => ({ stage: 'lead' })),
  'conversations.listByAgent': query(() => ({ agentId: 'supervisor' })),
  'conversations.findActiveByContact': query(() => ({ contactId: newContact() })),
  'conversations.history': query(() => ({ contactId: newContact() })),
  'conversations.timeline': query(ofConversation),
  'deals.update': mutation((it) => ({ ...ofConversation(it), deal: { monthlyValueCents: 1 } })),
  'deals.close': mutation((it) => ({ ...ofConversation(it), outcome: 'lost', lossReason: 'No budget' })),
  'files.create': mutation((it) => ({ ...ofConversation(it), name: 'note.txt', bytes: 1 })),
  'files.get': query(({ fileId }) => ({ fileId })),
  'files.list': query(ofConversation),
  'followUps.schedule': mutation((it) => ({
    ...ofConversation(it),
    type: 'nurture',
    dueAt: '2030-01-01T00:00:00.000Z',
    repeat: { weekdays: [1, 5], timeZone: 'Europe/Berlin' },
  })),
  'followUps.snooze': mutation(({ followUpId }) => ({ followUpId, until: '2030-01-02T00:00:00.000Z' })),
  'followUps.cancel': mutation(({ followUpId }) => ({ followUpId })),
  'followUps.complete': mutation(({ followUpId, leaseToken }) => ({ followUpId, leaseToken })),
  'followUps.fail': mutation(({ followUpId, leaseToken }) => ({
    followUpId,
    leaseToken,
    error: 'No answer',
  })),
  'followUps.claim': mutation(({ followUpId }) => ({ limit: 1, followUpId })),
  'followUps.heartbeat': mutation(({ followUpId, leaseToken }) => ({ followUpId, leaseToken })),
  'followUps.listDue': query(() => ({})),
  'followUps.list': query(ofConversation),
  'handoffs.transfer': mutation((it) => ({
    ...ofConversation(it),
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
  })),
  'handoffs.request': mutation((it) => ({
    ...ofConversation(it),
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
  })),
  'handoffs.accept': mutation(({ handoffId }) => ({ handoffId, by: 'qualifier' })),
  'handoffs.reject': mutation(({ handoffId }) => ({ handoffId, by: 'qualifier' })),
  'handoffs.cancel': mutation(({ handoffId }) => ({ handoffId })),
  'handoffs.takeover': mutation((it) => ({ ...ofConversation(it), by: ANA })),
  'handoffs.release': mutation((it) => ({ ...ofConversation(it), by: 'supervisor', to: 'closer' })),
  'handoffs.reassign': mutation(() => ({ from: ANA, to: 'closer', limit: 1 })),
  'handoffs.list': query(ofConversation),
  'handoffs.pending': query(() => ({})),
  'messages.append': mutation((it) => ({
    ...ofConversation(it),
    clientMessageId: 'm',
    author: { kind: 'customer' },
    text: 'Hello',
  })),
  'messages.appendTurn': mutation((it) => ({
    ...ofConversation(it),
    messages: [{ clientMessageId: 't', author: { kind: 'customer' }, text: 'Hello' }],
  })),
  'messages.redact': mutation((it) => ({ ...ofConversation(it), seq: 2 })),
  'messages.revise': mutation((it) => ({ ...ofConversation(it), seq: 2, text: 'Hello again' })),
  'messages.report': mutation((it) => ({ ...ofConversation(it), seq: 2, state: 'sent' })),
  'messages.rate': mutation((it) => ({ ...ofConversation(it), seq: 2, verdict: 'good' })),
  'messages.list': query(ofConversation),
  'messages.refused': query(ofConversation),
  'messages.canSend': query(ofConversation),
  'messages.reserve': mutation((it) => ({ ...ofConversation(it), tokens: 10 })),
  'messages.context': query((it) => ({ ...ofConversation(it), tokenBudget: 100 })),
  'metrics.overview': query(() => ({})),
  'metrics.funnel': query(() => ({})),
  'metrics.timeInStage': query(() => ({})),
  'metrics.responseTimes': query(() => ({})),
  'metrics.agents': query(() => ({})),
  'metrics.conversations': query(() => ({ behind: { figure: 'begun' } })),
  'metrics.objections': query(() => ({})),
  'objections.raise': mutation((it) => ({
    ...ofConversation(it),
    type: 'price',
    text: 'Too much',
    severity: 'low',
  })),
  'objections.resolve': mutation(({ objectionId }) => ({
    objectionId,
    method: 'Discount',
    handledBy: 'closer',
    confidence: 1,
  })),
  'objections.defer': mutation(({ objectionId }) => ({ objectionId, reason: 'Later' })),
  'objections.list': query(ofConversation),
  'objections.stats': query(() => ({})),
  'privacy.preview': query(({ contactId }) => ({ contactId })),
  'privacy.exportContact': query(({ contactId }) => ({ contactId })),
  'privacy.eraseContact': mutation(({ contactId }) => ({ contactId })),
  'privacy.erasures': query(() => ({})),
  'privacy.retention': query(),
  'privacy.previewRetention': query(() => ({ days: 30 })),
  'privacy.setRetention': mutation(() => ({ days: 36_500 })),
  'qualification.record': mutation((it) => ({
    ...ofConversation(it),
    budget: { verdict: true, value: '10k' },
    by: 'qualifier',
  })),
  'qualification.get': query(ofConversation),
  'qualification.check': query(ofConversation),
  'qualification.history': query(ofConversation),
  'search.conversations': query(() => ({ text: 'hello' })),
  'search.messages': query((it) => ({ ...ofConversation(it), text: 'hello' })),
  'session.get': query(),
  'session.actAs': mutation(() => ({ agentId: ANA })),
  'session.signOut': mutation(),
  'session.createLink': mutation(() => ({})),
  'sessions.list': query(() => ({})),
  'sessions.revoke': mutation(() => ({ sessionId: 'f'.repeat(24) })),
  'stages.transition': mutation((it) => ({ ...ofConversation(it), to: 'qualification' })),
  'stages.listNext': query(ofConversation),
  'stages.validate': query((it) => ({ ...ofConversation(it), to: 'qualification' })),
  'stages.history': query(ofConversation),
  'tenant.get': query(),
  'tenant.update': mutation(() => ({ businessHours: null })),
};

/** Ids of nothing, where only the form of an input matters. */
export const NO_IDS: Fixture = {
  contactId: '',
  conversationId: '',
  handoffId: '',
  objectionId: '',
  followUpId: '',
  fileId: '',
  leaseToken: '',
  keyId: '',
};

/** A conversation with one of each thing that can be named. */
export async function createOneOfEach(server: TestServer): Promise<Fixture> {
  const { api } = server.baton;
  const conversation = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
    initialMessage: { text: 'Hello' },
  });
  const conversationId = conversation.id;
  const { id: keyId } = await api.apiKeys.create.mutate({ name: 'Fixture', role: 'viewer' });
  const { objection } = await api.objections.raise.mutate({
    conversationId,
    type: 'price',
    text: 'Too much',
    severity: 'low',
  });
  await api.followUps.schedule.mutate({
    conversationId,
    type: 'nurture',
    dueAt: '2024-01-01T00:00:00.000Z',
    finalAttemptAt: '2040-01-01T00:00:00.000Z',
  });
  const [claimed] = await api.followUps.claim.mutate({ limit: 1 });
  const { file } = await api.files.create.mutate({ conversationId, name: 'note.txt', bytes: 1 });
  const { handoff } = await api.handoffs.request.mutate({
    conversationId,
    from: 'supervisor',
    to: 'qualifier',
    reason: 'Ready',
    trigger: 'manual',
  });
  return {
    contactId: conversation.contactId,
    conversationId,
    handoffId: handoff.id,
    objectionId: objection.id,
    followUpId: claimed?.followUp.id ?? '',
    fileId: file.id,
    leaseToken: claimed?.leaseToken ?? '',
    keyId,
  };
}
