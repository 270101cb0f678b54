import {
  Channel,
  ConversationStatus,
  FollowUpStatus,
  HandoffStatus,
  ObjectionStatus,
  SalesStage,
} from '@baton/schema';
import pMap from 'p-map';
import { procedures } from '../../../packages/router/test/procedures.ts';
import type { Api } from '../src/api/api-command.ts';
import { allItems } from '../src/api/pagination.ts';

/** What no timeline holds, and so no archive: files, notes of refused messages, who did what, credentials, limits. */
const NOT_ARCHIVED: ReadonlySet<string> = new Set([
  'admin.audit',
  'admin.limits',
  'apiKeys.list',
  'files.get',
  'files.list',
  'messages.refused',
  'privacy.erasures',
  'privacy.previewRetention',
  'privacy.retention',
  'sessions.list',
]);

/** A question, named by its procedure and input. */
type Question = { procedure: string; input: object; ask: () => Promise<unknown> };

type ListPage = Parameters<typeof allItems>[0];

const FAR_AHEAD = '2999-01-01T00:00:00.000Z';
const WORDS = ['price', 'plan', 'the', 'hello', '"annual plan"', 'thanks -price', 'naïve', '价格'];

async function collect(read: ListPage): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of allItems(read)) items.push(item);
  return items;
}

/** Hits of one score, and entries of one instant, come in the order in which their store got them. */
function inOneOrder(items: unknown[]): unknown[] {
  const keyOf = (item: unknown) => {
    const { score, message, best, conversation }: Record<string, Record<string, unknown>> = Object(item);
    const said = message ?? best?.['message'];
    return JSON.stringify([score, Object(said).conversationId, Object(said).seq, conversation?.['id']]);
  };
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** An answer marks so many characters: which hits it marks depends on their order. */
function unmarked(hits: unknown[]): unknown[] {
  return JSON.parse(JSON.stringify(hits, (name, value) => (name === 'highlights' ? undefined : value)));
}

function questionsOf(
  api: Api,
  found: { conversationIds: string[]; contactIds: string[]; agentIds: string[] },
): Question[] {
  const questions: Question[] = [];
  const ask = (procedure: string, input: object, answer: () => Promise<unknown>) =>
    questions.push({ procedure, input, ask: answer });
  const list = <Input extends object>(
    procedure: string,
    input: Input,
    read: (page: Input & { limit: number; cursor?: string }) => ReturnType<ListPage>,
  ) => ask(procedure, input, () => collect((page) => read({ ...input, ...page })));

  ask('admin.stats', {}, () => api.admin.stats.query());
  ask('admin.verifySchema', {}, () => api.admin.verifySchema.query());
  ask('session.get', {}, () => api.session.get.query());
  ask('tenant.get', {}, () => api.tenant.get.query());
  list('agents.list', {}, (page) => api.agents.list.query(page));
  list('contacts.list', {}, (page) => api.contacts.list.query(page));
  ask('agents.workload', {}, async () => {
    const workload = await api.agents.workload.query({});
    // It counts up to now.
    return workload.map(({ longestWaitMs, ...rest }) => ({ ...rest, waits: longestWaitMs !== null }));
  });
  list('conversations.export', {}, (page) => api.conversations.export.query(page));
  const filters = [
    ...ConversationStatus.options.map((status) => ({ status })),
    ...SalesStage.options.map((stage) => ({ stage })),
    ...Channel.options.map((channel) => ({ channel })),
    ...found.agentIds.map((agentId) => ({ agentId })),
    { tag: 'sample' },
    { followUpBefore: FAR_AHEAD },
    { updatedAfter: '2000-01-01T00:00:00.000Z' },
    { sort: 'waitingSince' as const },
    {},
  ];
  for (const filter of filters)
    list('conversations.list', filter, (page) => api.conversations.list.query(page));
  for (const stage of SalesStage.options)
    list('conversations.listByStage', { stage }, (page) => api.conversations.listByStage.query(page));
  for (const agentId of found.agentIds) {
    list('conversations.listByAgent', { agentId }, (page) => api.conversations.listByAgent.query(page));
    list('handoffs.pending', { agentId }, (page) => api.handoffs.pending.query(page));
    list('followUps.listDue', { assignee: agentId, before: FAR_AHEAD }, (page) =>
      api.followUps.listDue.query(page),
    );
  }
  for (const contactId of found.contactIds) {
    list('conversations.history', { contactId }, (page) => api.conversations.history.query(page));
    ask('privacy.preview', { contactId }, async () => {
      const { refusedMessages: _, ...counts } = await api.privacy.preview.query({ contactId });
      return counts;
    });
    // An archive brings no ids of answers and no notes of refused messages, so what has them is told apart here.
    ask('privacy.exportContact', { contactId }, async () => {
      const records = await collect((page) => api.privacy.exportContact.query({ contactId, ...page }));
      return records.filter((record) => !['refusedMessage', 'answer'].includes(Object(record).type));
    });
    ask('conversations.findActiveByContact', { contactId }, () =>
      api.conversations.findActiveByContact.query({ contactId }),
    );
  }
  list('handoffs.pending', {}, (page) => api.handoffs.pending.query(page));
  list('followUps.listDue', { before: FAR_AHEAD }, (page) => api.followUps.listDue.query(page));
  for (const status of HandoffStatus.options)
    list('handoffs.list', { status }, (page) => api.handoffs.list.query(page));
  for (const status of ObjectionStatus.options)
    list('objections.list', { status }, (page) => api.objections.list.query(page));
  for (const status of FollowUpStatus.options)
    list('followUps.list', { status }, (page) => api.followUps.list.query(page));
  for (const text of WORDS) {
    ask('search.conversations', { text }, async () =>
      inOneOrder(unmarked(await collect((page) => api.search.conversations.query({ text, ...page })))),
    );
    ask('search.messages', { text }, async () =>
      inOneOrder(unmarked(await collect((page) => api.search.messages.query({ text, ...page })))),
    );
  }
  for (const period of [{}, { channel: 'web' as const }]) {
    ask('metrics.overview', period, () => api.metrics.overview.query(period));
    ask('metrics.funnel', period, () => api.metrics.funnel.query(period));
    ask('metrics.timeInStage', period, () => api.metrics.timeInStage.query(period));
    ask('metrics.responseTimes', period, () => api.metrics.responseTimes.query(period));
    ask('metrics.agents', period, () => api.metrics.agents.query(period));
    ask('metrics.objections', period, () => api.metrics.objections.query(period));
    ask('objections.stats', period, () => api.objections.stats.query(period));
  }
  for (const behind of [
    { figure: 'begun' },
    { figure: 'entered', stage: 'qualified' },
    { figure: 'messages' },
    { figure: 'handoffs' },
    { figure: 'deals', outcome: 'won' },
    { figure: 'answers', aboveMs: 0 },
  ] as const)
    ask('metrics.conversations', { behind }, async () =>
      inOneOrder(await collect((page) => api.metrics.conversations.query({ behind, ...page }))),
    );
  for (const contactId of found.contactIds) {
    const of = { contactId };
    ask('contacts.get', of, () => api.contacts.get.query(of));
    list('contacts.history', of, (page) => api.contacts.history.query(page));
    list('contacts.changes', of, (page) => api.contacts.changes.query(page));
  }
  for (const conversationId of found.conversationIds) {
    const of = { conversationId };
    ask('conversations.get', of, () => api.conversations.get.query(of));
    const begun = { ...of, seq: 1 };
    ask('conversations.at', begun, () => api.conversations.at.query(begun));
    ask('messages.canSend', of, () => api.messages.canSend.query(of));
    ask('conversations.timeline', of, () => api.conversations.timeline.query({ ...of, limit: 500 }));
    list('messages.list', of, (page) => api.messages.list.query(page));
    for (const includeInternal of [false, true]) {
      const budget = { ...of, tokenBudget: 500, includeInternal };
      ask('messages.context', budget, () => api.messages.context.query(budget));
    }
    list('stages.history', of, (page) => api.stages.history.query(page));
    ask('stages.listNext', of, () => api.stages.listNext.query(of));
    ask('stages.validate', of, () => api.stages.validate.query({ ...of, to: 'closing' }));
    ask('qualification.get', of, () => api.qualification.get.query(of));
    ask('qualification.check', of, () => api.qualification.check.query(of));
    list('qualification.history', of, (page) => api.qualification.history.query(page));
    list('handoffs.list', of, (page) => api.handoffs.list.query(page));
    list('objections.list', of, (page) => api.objections.list.query(page));
    list('followUps.list', of, (page) => api.followUps.list.query(page));
  }
  return questions;
}

/**
 * What a tenant answers to every query that there is. What differs by itself is left out: what counts up to now.
 * @param limit most conversations and contacts that are asked about one by one
 * @throws Error where a query is not among them
 */
export async function everyAnswer(api: Api, limit = Infinity): Promise<Map<string, unknown>> {
  const conversationIds = new Set<string>();
  const contactIds = new Set<string>();
  const agentIds: string[] = [];
  for await (const entry of allItems((page) => api.conversations.export.query(page))) {
    if (entry.kind !== 'created' || conversationIds.size >= limit) continue;
    conversationIds.add(entry.conversationId);
    contactIds.add(entry.contactId);
  }
  for await (const { id } of allItems((page) => api.agents.list.query(page))) agentIds.push(id);
  const questions = questionsOf(api, {
    conversationIds: [...conversationIds],
    contactIds: [...contactIds],
    agentIds,
  });
  const asked = new Set(questions.map(({ procedure }) => procedure));
  const missing = Object.entries(procedures).filter(
    ([path, { type }]) => type === 'query' && !asked.has(path) && !NOT_ARCHIVED.has(path),
  );
  if (missing.length > 0) throw new Error(`Nobody asks ${missing.map(([path]) => path).join(', ')}`);
  const answers = await pMap(questions, async (question) => question.ask(), { concurrency: 32 });
  return new Map(
    questions.map(({ procedure, input }, index) => [`${procedure} ${JSON.stringify(input)}`, answers[index]]),
  );
}
