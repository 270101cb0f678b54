import type { Conversation, ConversationId } from '@baton/schema';
import { CLOSER, QUALIFIER, type Scenario, SUPERVISOR } from './scenario.ts';
import { storeFile } from './stored-file.ts';
import { WORD } from './words.ts';

const said = (what: string) => `${WORD} ${what}`;

/** The id of a contact whose key says who it is. */
export const CONTACT = said('+49 151');

/** A conversation that has a word of its contact in each place where one may stand, in every collection. */
export async function aTalk(
  scenario: Scenario,
  channel: Conversation['channel'] = 'web',
): Promise<ConversationId> {
  const { store, tenantId } = scenario;
  const { id: conversationId } = await scenario.create({
    contactId: CONTACT,
    channel,
    contact: { name: said('Franklin'), email: `${WORD}@example.com` },
    tags: [said('tag')],
    metadata: { note: said('note') },
    initialMessage: { text: said('こんにちは世界') },
    idempotencyKey: said(`create ${channel}`),
  });
  await scenario.run('messages.append', {
    conversationId,
    clientMessageId: said('wamid'),
    author: { kind: 'customer' },
    text: said('text'),
    parts: [{ type: 'attachment', url: said('url'), name: said('name') }],
  });
  await scenario.run('messages.redact', { conversationId, seq: 3, reason: said('please') });
  await scenario.qualify(conversationId);
  // So many that a snapshot is kept.
  for (let index = 0; index < 16; index += 1) await scenario.say(conversationId, said(`${index}`));
  await scenario.run('qualification.record', {
    conversationId,
    need: { verdict: true, painPoints: [said('pain')], useCase: said('use') },
    budget: { verdict: true, value: said('value'), minimumCents: 5 },
    by: QUALIFIER,
  });
  const raise = () =>
    scenario.run('objections.raise', { conversationId, type: 'price', text: said('dear'), severity: 'low' });
  const [first] = (await raise()).conversation.objections;
  await scenario.run('objections.resolve', {
    objectionId: first?.id ?? '',
    method: said('method'),
    notes: said('notes'),
    handledBy: SUPERVISOR,
    confidence: 1,
  });
  const [second] = (await raise()).conversation.objections;
  await scenario.run('objections.defer', { objectionId: second?.id ?? '', reason: said('later') });
  await raise();
  await scenario.run('followUps.schedule', {
    conversationId,
    type: 'nurture',
    dueAt: '2026-02-01T09:00:00.000Z',
    context: said('context'),
    cancelOn: [],
    idempotencyKey: said(`follow ${channel}`),
  });
  const handoff = {
    conversationId,
    from: SUPERVISOR,
    to: CLOSER,
    reason: said('reason'),
    trigger: 'manual' as const,
    brief: { goal: said('goal'), done: [], open: [said('open')], facts: [], nextStep: said('next') },
  };
  await scenario.run('handoffs.request', handoff);
  await scenario.run('handoffs.cancel', {
    handoffId:
      (await scenario.store.conversations.get(tenantId, { conversationId })).pendingHandoff?.id ?? '',
    reason: said('no'),
  });
  await scenario.run('handoffs.request', handoff);
  await scenario.run('deals.update', {
    conversationId,
    deal: { monthlyValueCents: 100, closeReason: said('why') },
  });
  await scenario.run('conversations.update', {
    conversationId,
    tags: [said('tag2')],
    metadata: { is: said('more') },
  });
  // Who does not own the conversation is refused, and what it would have said is kept.
  await scenario
    .run('messages.append', {
      conversationId,
      clientMessageId: said('refused'),
      author: { kind: 'agent', agentId: CLOSER },
      text: said('answer'),
    })
    .catch(() => undefined);
  const file = { conversationId, name: said('file.txt'), idempotencyKey: said(conversationId) };
  await storeFile(store, tenantId, file, said('content'));
  await store.drain();
  return conversationId;
}
