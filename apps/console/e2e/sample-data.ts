import type { Baton } from '@baton/client';
import { AgentId, type Channel, type Conversation, type SalesStage, timestamp } from '@baton/schema';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const id = (text: string): AgentId => AgentId.parse(text);
export const MARIA = id('maria');
export const TOMASZ = id('tomasz');
const SUPERVISOR = id('supervisor');
const QUALIFIER = id('qualifier');
const OBJECTION_HANDLER = id('objection_handler');
const CLOSER = id('closer');

const MODEL = 'sales-large-2';
const usage = (inputTokens: number, outputTokens: number) => ({
  model: MODEL,
  inputTokens,
  outputTokens,
  costMicros: inputTokens * 3 + outputTokens * 15,
});

/** Two people and a queue. */
export async function registerPeople({ api }: Baton): Promise<void> {
  await api.agents.register.mutate({ id: MARIA, kind: 'human', name: 'Maria Lindqvist', capacity: 20 });
  await api.agents.register.mutate({ id: TOMASZ, kind: 'human', name: 'Tomasz Reyes' });
  await api.agents.register.mutate({
    id: id('sales_floor'),
    kind: 'queue',
    name: 'Sales floor',
    members: [MARIA],
  });
}

/** A sale with several owners that began 26 hours ago. */
export async function createLongSale(
  { api }: Baton,
  now: number,
  contactId = 'Ana Petrov',
): Promise<Conversation> {
  let at = now - 26 * HOUR;
  const next = (ms: number) => timestamp((at += ms));
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId,
    channel: 'whatsapp',
    tags: ['clinic', 'referral'],
    metadata: { company: 'Petrov Dental', city: 'Gothenburg' },
    at: next(0),
  });
  let count = 0;
  const say = async (
    who: 'customer' | AgentId,
    text: string,
    options: { after?: number; tokens?: [number, number]; isNote?: boolean } = {},
  ) =>
    (
      await api.messages.append.mutate({
        conversationId,
        clientMessageId: `m-${(count += 1)}`,
        author: who === 'customer' ? { kind: 'customer' } : { kind: 'agent', agentId: who },
        text,
        visibility: options.isNote === true ? 'internal' : 'public',
        usage: options.tokens && usage(...options.tokens),
        at: next(options.after ?? 70_000),
      })
    ).entry.seq;

  await say(
    'customer',
    'Hi! A friend at another clinic told me you answer patient messages for them. Is that for small practices too?',
  );
  await say(
    SUPERVISOR,
    'Hello Ana, it is. I will bring in a colleague who can find out what would fit your practice.',
    { tokens: [640, 58] },
  );
  await api.handoffs.transfer.mutate({
    conversationId,
    from: SUPERVISOR,
    to: QUALIFIER,
    reason: 'New lead asks whether it fits a small clinic',
    trigger: 'user_intent',
    confidence: 0.94,
    at: next(4_000),
  });
  await api.stages.transition.mutate({ conversationId, to: 'qualification', by: QUALIFIER, at: next(1_000) });
  await say(QUALIFIER, 'How many messages reach you on a normal day, and who answers them now?', {
    tokens: [910, 44],
    after: 6_000,
  });
  const need = await say(
    'customer',
    'About 120 a day. My two receptionists do it between patients, and half of the evening ones are only answered the next morning. We lose bookings that way.',
    { after: 9 * MINUTE },
  );
  await say(
    QUALIFIER,
    'That is a lot between patients. Do you have a range in mind for what solving it may cost a month?',
    { tokens: [1_180, 51], after: 5_000 },
  );
  const budget = await say(
    'customer',
    'I had put aside something like 800 to 1,000 dollars a month. More would need my partner.',
    { after: 3 * MINUTE },
  );
  const when = await say('customer', 'It should run before the autumn campaign, so in about six weeks.', {
    after: 25_000,
  });
  await api.qualification.record.mutate({
    conversationId,
    by: QUALIFIER,
    need: {
      verdict: true,
      confidence: 0.96,
      painPoints: ['Evening messages wait until morning', 'Bookings are lost'],
      evidence: [{ seq: need, start: 19, end: 153 }],
    },
    budget: {
      verdict: true,
      confidence: 0.9,
      value: '800 to 1,000 a month',
      minimumCents: 80_000,
      evidence: [{ seq: budget, start: 22, end: 59 }],
    },
    timeline: {
      verdict: true,
      confidence: 0.85,
      timeframe: 'In about six weeks',
      urgency: 'medium',
      evidence: [{ seq: when }],
    },
    at: next(3_000),
  });
  await say(
    QUALIFIER,
    'Six weeks is comfortable. Is the decision yours, or do you take it together with your partner?',
    { tokens: [1_420, 47], after: 4_000 },
  );
  const authority = await say('customer', 'I decide about anything under a thousand.', { after: 2 * MINUTE });
  await api.qualification.record.mutate({
    conversationId,
    by: QUALIFIER,
    authority: {
      verdict: true,
      confidence: 0.72,
      certainty: 'hypothesis',
      role: 'Owner, decides below 1,000',
      needsApproval: false,
      evidence: [{ seq: authority, start: 0, end: 40 }],
    },
    advance: true,
    at: next(2_000),
  });
  await api.objections.raise.mutate({
    conversationId,
    type: 'trust',
    severity: 'medium',
    text: 'Are patient data safe with you?',
    by: QUALIFIER,
    at: next(2_000),
  });
  await say(
    MARIA,
    'Ask her about the booking system before quoting; the other clinic needed the connector.',
    { isNote: true, after: 20 * MINUTE },
  );
  await api.handoffs.transfer.mutate({
    conversationId,
    from: QUALIFIER,
    to: CLOSER,
    reason: 'Four answers met, asks for an offer',
    trigger: 'stage_complete',
    confidence: 0.91,
    stage: 'closing',
    brief: {
      goal: 'Agree on the plan for one clinic and a start before the autumn campaign',
      done: ['Need, budget, authority and timeline are known'],
      open: ['Which booking system they use', 'Where patient data are kept'],
      facts: [
        { text: '120 messages a day, evenings unanswered', seqs: [need] },
        { text: '800 to 1,000 a month is hers to decide', seqs: [budget, authority] },
      ],
      nextStep: 'Quote the clinic plan at 890 with setup included',
    },
    at: next(5_000),
  });
  await api.deals.update.mutate({
    conversationId,
    by: CLOSER,
    deal: { monthlyValueCents: 89_000, setupFeeCents: 0, contractMonths: 12 },
    at: next(1_000),
  });
  await say(
    CLOSER,
    'Ana, for one clinic and 120 messages a day the plan is 890 dollars a month, setup included, twelve months. Evening messages are answered within a minute. Shall I send the agreement?',
    { tokens: [2_310, 96], after: 8_000 },
  );
  await api.followUps.schedule.mutate({
    conversationId,
    by: CLOSER,
    type: 'close_attempt',
    dueAt: timestamp(now + 20 * HOUR),
    assignee: MARIA,
    priority: 'high',
    context: 'Ask whether the agreement has arrived',
    at: next(2_000),
  });
  at = now - 14 * MINUTE;
  await say(
    'customer',
    'That sounds right. One thing before: where are the patient data kept, and who of you can read them?',
    { after: 0 },
  );
  return api.conversations.get.query({ conversationId });
}

type SampleConversation = {
  contactId: string;
  channel: Channel;
  text: string;
  reply?: string;
  ago: number;
  stage?: SalesStage;
  owner?: AgentId;
};

const sampleConversations: readonly SampleConversation[] = [
  {
    contactId: 'Jonas Weber',
    channel: 'email',
    text: 'Your competitor offers the same for half. Why should I stay?',
    ago: 6 * MINUTE,
    stage: 'objection_handling',
    owner: OBJECTION_HANDLER,
  },
  {
    contactId: 'Priya Nair',
    channel: 'web',
    text: 'Does it work with our CRM?',
    reply: 'It does: contacts and deals are kept in step both ways. Which one do you use?',
    ago: 21 * MINUTE,
    stage: 'qualification',
    owner: QUALIFIER,
  },
  { contactId: '+46 70 555 01 22', channel: 'sms', text: 'STOP sending me offers please', ago: 43 * MINUTE },
  {
    contactId: 'Lucía Fernández',
    channel: 'instagram_dm',
    text: '¿Tenéis un plan para restaurantes?',
    reply: 'Sí, para uno o varios locales. ¿Cuántas reservas recibís al día?',
    ago: 1.2 * HOUR,
    stage: 'qualification',
    owner: QUALIFIER,
  },
  {
    contactId: 'Okafor & Sons',
    channel: 'email',
    text: 'We would like a quote for three branches, starting in March.',
    reply: 'Thank you. I have what I need for a quote; it reaches you today.',
    ago: 3 * HOUR,
    stage: 'qualification',
    owner: QUALIFIER,
  },
  {
    contactId: 'Mei Tanaka',
    channel: 'web',
    text: 'Can I change the plan later on?',
    reply: 'At any time, up or down, from the next month on.',
    ago: 5 * HOUR,
    owner: SUPERVISOR,
  },
  {
    contactId: 'Dmitri Volkov',
    channel: 'whatsapp',
    text: 'Send me the contract again, the link is dead.',
    ago: 7 * HOUR,
    stage: 'qualification',
    owner: MARIA,
  },
  {
    contactId: 'Sofia Rossi',
    channel: 'facebook_messenger',
    text: 'Not now, ask me after the summer.',
    reply: 'I will. Have a good summer, Sofia.',
    ago: 1.3 * DAY,
    stage: 'follow_up',
    owner: SUPERVISOR,
  },
  {
    contactId: 'Hannah Schmidt',
    channel: 'email',
    text: 'How do I export our history?',
    reply: 'Settings, then Export: one file with everything.',
    ago: 2 * DAY,
  },
  {
    contactId: 'api-client-7781',
    channel: 'api',
    text: 'Order 7781 asks for an invoice with VAT number.',
    ago: 2.4 * DAY,
  },
  {
    contactId: 'Liam O’Connor',
    channel: 'web',
    text: 'Is there a discount for charities?',
    reply: 'There is: 30 % with proof of status.',
    ago: 3 * DAY,
    stage: 'qualification',
    owner: QUALIFIER,
  },
  { contactId: 'Chen Wei', channel: 'whatsapp', text: 'We are 40 people. Which plan?', ago: 3.5 * DAY },
];

async function createConversation({ api }: Baton, sample: SampleConversation, now: number): Promise<void> {
  let at = now - sample.ago;
  const next = (ms: number) => timestamp((at += ms));
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: sample.contactId,
    channel: sample.channel,
    at: timestamp(at - 10 * MINUTE),
    initialMessage: { text: sample.reply === undefined ? 'Hello?' : sample.text, clientMessageId: 'first' },
  });
  const owner = sample.owner ?? SUPERVISOR;
  if (owner !== SUPERVISOR) {
    await api.handoffs.transfer.mutate({
      conversationId,
      from: SUPERVISOR,
      to: owner,
      reason: 'Fits what they do',
      trigger: 'policy',
      confidence: 0.82,
      at: timestamp(at - 9 * MINUTE),
    });
  }
  if (sample.stage !== undefined) {
    const path: readonly SalesStage[] =
      sample.stage === 'objection_handling' ? ['qualification', sample.stage] : [sample.stage];
    for (const to of path)
      await api.stages.transition.mutate({ conversationId, to, by: owner, at: timestamp(at - 8 * MINUTE) });
  }
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'second',
    author: sample.reply === undefined ? { kind: 'customer' } : { kind: 'agent', agentId: owner },
    text: sample.reply ?? sample.text,
    usage: sample.reply === undefined || owner === MARIA ? undefined : usage(720, 61),
    at: next(0),
  });
}

/** Fills an inbox; returns the long sale. */
export async function seedInbox(baton: Baton, now: number): Promise<Conversation> {
  await registerPeople(baton);
  for (const sample of sampleConversations) await createConversation(baton, sample, now);
  return createLongSale(baton, now);
}
