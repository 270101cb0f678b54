import { BSON, type Document } from 'mongodb';
import { CLOSER, QUALIFIER, type Scenario, SUPERVISOR } from './scenario.ts';

/** What a release wrote: its documents and its schema, as extended JSON. */
export type Release = { collections: Record<string, Document[]>; schema: Record<string, Document> };

const WRITTEN = [
  'conversations',
  'timeline',
  'handoffs',
  'objections',
  'follow_ups',
  'qualification_answers',
  'active_conversations',
  'agents',
  'contacts',
] as const;

/** Four sales in which every kind of entry comes to be. */
export async function tellSales(scenario: Scenario): Promise<void> {
  await tellWonSale(scenario);
  await tellLostSale(scenario);
  await tellOpenSale(scenario);
  await tellErasedSale(scenario);
}

async function tellWonSale(scenario: Scenario): Promise<void> {
  const { id: conversationId } = await scenario.create({
    contactId: 'nora@bakery.example',
    contact: { name: 'Nora Quist', email: 'nora@bakery.example' },
    initialMessage: { text: 'Do you take orders for birthday cakes by text? 🎂' },
    tags: ['bakery'],
    metadata: { source: 'flyer', shops: 2, vip: true, note: null },
  });
  await scenario.run('messages.append', {
    conversationId,
    clientMessageId: 'answer-1',
    author: { kind: 'agent', agentId: SUPERVISOR },
    text: 'We do. How many do you sell in a week?',
    usage: { model: 'small', inputTokens: 120, outputTokens: 14, costMicros: 380 },
    inReplyTo: 2,
    parts: [
      { type: 'tool_call', callId: 'c1', name: 'catalogue', arguments: '{"kind":"cake"}' },
      { type: 'tool_result', callId: 'c1', result: '["cake"]' },
    ],
  });
  await scenario.say(conversationId, 'About forty. My card is 1234 5678');
  await scenario.run('messages.redact', { conversationId, seq: 4, reason: 'A card number' });
  await scenario.run('messages.revise', { conversationId, seq: 3, text: 'We do. How many a week?' });
  await scenario.run('messages.report', { conversationId, seq: 3, state: 'sent' });
  await scenario.run('messages.rate', { conversationId, seq: 3, verdict: 'good' });
  await scenario.run('handoffs.transfer', {
    conversationId,
    from: SUPERVISOR,
    to: QUALIFIER,
    reason: 'Knows what she needs',
    trigger: 'user_intent',
    brief: {
      goal: 'Take orders by text',
      done: ['Asked how many'],
      open: ['Budget'],
      facts: [{ text: 'Forty cakes a week', seqs: [4] }],
      nextStep: 'Ask for the budget',
    },
  });
  await scenario.qualify(conversationId);
  await scenario.run('conversations.update', {
    conversationId,
    tags: ['bakery', 'hot'],
    metadata: { shops: 3 },
  });
  await scenario.run('stages.transition', { conversationId, to: 'closing', notes: 'Wants to begin in May' });
  await scenario.run('deals.update', {
    conversationId,
    deal: { monthlyValueCents: 19_900, setupFeeCents: 5_000 },
  });
  await scenario.run('deals.close', {
    conversationId,
    outcome: 'won',
    deal: { monthlyValueCents: 24_900, paymentMethod: 'credit_card', discountPercent: 10 },
    by: CLOSER,
  });
}

async function tellLostSale(scenario: Scenario): Promise<void> {
  const { id: conversationId } = await scenario.create({ contactId: 'contact-lost', channel: 'email' });
  await scenario.say(conversationId, 'What does it cost?');
  const raised = await scenario.run('objections.raise', {
    conversationId,
    type: 'price',
    text: 'Twice what we pay now',
    severity: 'high',
  });
  const deferred = await scenario.run('objections.raise', {
    conversationId,
    type: 'timing',
    text: 'Not before summer',
    severity: 'low',
  });
  await scenario.run('objections.resolve', {
    objectionId: objectionOf(raised),
    method: 'Showed what it saves',
    handledBy: 'objection_handler',
    confidence: 0.6,
  });
  await scenario.run('objections.defer', {
    objectionId: objectionOf(deferred),
    reason: 'Call again in June',
    followUpAt: '2026-06-01T09:00:00.000Z',
  });
  await scenario.run('stages.transition', {
    conversationId,
    to: 'closed_lost',
    lossReason: 'Stays with the other',
  });
  await scenario.run('conversations.close', { conversationId, reason: 'Lost' });
}

async function tellOpenSale(scenario: Scenario): Promise<void> {
  const { id: conversationId } = await scenario.create({ contactId: 'contact-open', channel: 'whatsapp' });
  await scenario.say(conversationId, 'ご予約できますか');
  await scenario.run('messages.append', {
    conversationId,
    clientMessageId: 'note-1',
    author: { kind: 'agent', agentId: SUPERVISOR },
    text: 'Needs somebody who speaks Japanese',
    visibility: 'internal',
  });
  await scenario.run('handoffs.request', {
    conversationId,
    from: SUPERVISOR,
    to: CLOSER,
    reason: 'Asked for a person',
    trigger: 'policy',
    expiresAt: '2026-12-31T00:00:00.000Z',
  });
  const scheduled = await scenario.run('followUps.schedule', {
    conversationId,
    type: 'nurture',
    dueAt: '2026-03-01T09:00:00.000Z',
    context: 'Ask how it went',
  });
  const followUpId = scheduled.entries.flatMap((entry) =>
    entry.kind === 'follow_up' ? [entry.followUp.id] : [],
  )[0];
  await scenario.run('followUps.snooze', { followUpId: followUpId ?? '', until: '2026-03-08T09:00:00.000Z' });
  await scenario.run('conversations.pause', { conversationId, reason: 'On holiday' });
}

async function tellErasedSale(scenario: Scenario): Promise<void> {
  const { id: conversationId } = await scenario.create({
    contactId: 'otto@garden.example',
    initialMessage: { text: 'Please forget me' },
  });
  await scenario.run('contacts.noteConsent', {
    conversationId,
    consent: { state: 'withdrawn', at: '2026-01-05T09:00:00.000Z', source: 'Asked to be forgotten' },
  });
  await scenario.run('privacy.eraseConversation', { conversationId, contactId: 'erased-1' });
}

function objectionOf({ entries }: Awaited<ReturnType<Scenario['run']>>): string {
  const [id] = entries.flatMap((entry) => (entry.kind === 'objection' ? [entry.objection.id] : []));
  if (id === undefined) throw new Error('No objection was raised');
  return id;
}

/** Everything that a store holds of these sales, and the schema that it has. */
export async function readRelease(db: Scenario['collections']['db']): Promise<Release> {
  const collections: Release['collections'] = {};
  for (const name of WRITTEN) {
    const documents = await db.collection(name).find().sort({ _id: 1 }).toArray();
    collections[name] = documents.map((document) => BSON.EJSON.serialize(document, { relaxed: false }));
  }
  const schema: Release['schema'] = {};
  const infos: Document[] = await db.listCollections({}, { nameOnly: false }).toArray();
  for (const { name, options } of infos) {
    const indexes = await db.collection(name).listIndexes().toArray();
    schema[name] = {
      validator: options['validator'] ?? null,
      indexes: indexes
        .map(({ v: _v, textIndexVersion: _text, ...index }) => index)
        .filter((index) => index['name'] !== '_id_'),
    };
  }
  return {
    collections,
    schema: Object.fromEntries(Object.entries(schema).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
