import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function aConversation() {
  const contactId = newContact();
  const conversation = await server.baton.api.conversations.create.mutate({
    contactId,
    channel: 'web',
    contact: { name: 'Ada' },
    initialMessage: { text: 'Call me Ada' },
  });
  return { contactId, conversationId: conversation.id };
}

test('a preview says what there is, and changes nothing', async () => {
  const { contactId, conversationId } = await aConversation();
  const { api } = server.baton;
  const before = await server.counts();
  const preview = await api.privacy.preview.query({ contactId });
  expect(preview).toMatchObject({ contacts: 1, conversations: 1, entries: 2, messages: 1, handoffs: 0 });
  expect(await server.counts()).toEqual(before);
  expect(await api.conversations.get.query({ conversationId })).toMatchObject({ contactId });
});

test('an erasure says what was erased, when and by whom, and nothing of the contact', async () => {
  const { contactId, conversationId } = await aConversation();
  const { api } = server.baton;
  const erasure = await api.privacy.eraseContact.mutate({ contactId });
  expect(erasure).toEqual({
    id: expect.any(String),
    state: 'done',
    pseudonym: expect.stringMatching(/^erased-[0-9a-f]{16}$/),
    counts: expect.objectContaining({ contacts: 1, conversations: 1, messages: 1, entries: 4 }),
    by: { kind: 'key', id: expect.any(String), agentId: null },
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
  });
  const { items } = await api.privacy.erasures.query({});
  expect(items[0]).toEqual(erasure);
  expect(JSON.stringify(items)).not.toContain(contactId);
  const audit = await api.admin.audit.query({ action: 'privacy.eraseContact', limit: 1 });
  expect(audit.items).toMatchObject([
    { target: erasure.id, actor: erasure.by, details: { pseudonym: erasure.pseudonym, conversations: 1 } },
  ]);
  expect(await api.conversations.get.query({ conversationId })).toMatchObject({
    contactId: erasure.pseudonym,
    erasedAt: expect.any(String),
    contact: null,
    lastMessage: { preview: '' },
  });
  expect((await api.conversations.history.query({ contactId })).items).toEqual([]);
});

test('a conversation that was erased takes nothing more, and the contact may begin anew', async () => {
  const { contactId, conversationId } = await aConversation();
  const { api } = server.baton;
  await api.privacy.eraseContact.mutate({ contactId });
  const message = { clientMessageId: 'm', author: { kind: 'customer' }, text: 'Hello?' } as const;
  const refusal = await refusalOf(api.messages.append.mutate({ conversationId, ...message }));
  expect(refusal).toMatchObject({ code: 'CONVERSATION_ERASED', status: 412 });
  const { conversation, created } = await api.conversations.findOrCreate.mutate({
    contactId,
    channel: 'web',
    initialMessage: { text: 'Hello?' },
  });
  expect({ created, contactId: conversation.contactId }).toEqual({ created: true, contactId });
});

test('a contact of whom nothing is kept, or of another tenant, does not exist', async () => {
  const { contactId } = await aConversation();
  expect(
    await refusalOf(server.baton.api.privacy.eraseContact.mutate({ contactId: 'nobody' })),
  ).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(
    await server.mutate('privacy.eraseContact', { contactId }, { key: server.strangerKey }),
  ).toMatchObject({ status: 404 });
});

test('an export has everything about the contact, in pages as small as one wants', async () => {
  const { contactId, conversationId } = await aConversation();
  const { api } = server.baton;
  await api.objections.raise.mutate({ conversationId, type: 'price', text: 'Much', severity: 'low' });
  await api.qualification.record.mutate({ conversationId, budget: { verdict: true }, by: 'qualifier' });
  await api.followUps.schedule.mutate({ conversationId, type: 'nurture', dueAt: '2040-01-01T00:00:00.000Z' });
  await api.handoffs.request.mutate({
    conversationId,
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
  });
  const late = { clientMessageId: 'late', author: { kind: 'agent', agentId: 'closer' }, text: 'No' } as const;
  await refusalOf(api.messages.append.mutate({ conversationId, ...late }));
  const whole = await api.privacy.exportContact.query({ contactId });
  expect(whole.nextCursor).toBeNull();
  expect(whole.items.map(({ type }) => type)).toEqual([
    'contact',
    'conversation',
    ...Array.from({ length: 6 }, () => 'entry'),
    'handoff',
    'objection',
    'followUp',
    'answer',
    'refusedMessage',
  ]);
  const paged: unknown[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await api.privacy.exportContact.query({ contactId, limit: 1, ...(cursor && { cursor }) });
    paged.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(whole.items);
  expect(await refusalOf(api.privacy.exportContact.query({ contactId: 'nobody' }))).toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a limit is previewed, set with who did it in the audit log, and carried out by the server', async () => {
  const { contactId, conversationId } = await aConversation();
  const { api } = server.baton;
  await api.conversations.close.mutate({ conversationId });
  const nothing = { days: null, changedAt: null, changedBy: null, left: null, run: null, nextAt: null };
  expect(await api.privacy.retention.query()).toEqual(nothing);
  const preview = await api.privacy.previewRetention.query({ days: 1 });
  expect(preview).toEqual({ before: expect.any(String), conversations: 0, contacts: 0, complete: true });
  const by = { kind: 'key', id: expect.any(String), agentId: null };
  const set = await api.privacy.setRetention.mutate({ days: 30 });
  expect(set).toEqual({ days: 30, changedAt: expect.any(String), changedBy: by });
  expect(await api.privacy.retention.query()).toMatchObject({ ...set, left: { conversations: 0 } });
  const { items } = await api.admin.audit.query({ action: 'privacy.setRetention', limit: 1 });
  expect(items).toMatchObject([{ actor: by, details: { days: 30, before: null } }]);
  await server.store.retention.goOn();
  const { run } = await api.privacy.retention.query();
  expect(run).toMatchObject({ conversations: 0, contacts: 0, finishedAt: expect.any(String) });
  // A run that erased nothing says nothing in the audit log.
  expect((await api.admin.audit.query({ action: 'privacy.runRetention' })).items).toEqual([]);
  expect(await api.conversations.get.query({ conversationId })).toMatchObject({ contactId });
  await api.privacy.setRetention.mutate({ days: null });
  expect(await api.privacy.retention.query()).toMatchObject({ days: null, left: null });
  const foreign = await server.query('privacy.retention', undefined, { key: server.strangerKey });
  expect(foreign.body).toMatchObject({ result: { data: nothing } });
});
