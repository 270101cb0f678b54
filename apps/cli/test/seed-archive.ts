import { AgentId, ConversationId, timestamp } from '@baton/schema';
import { SALES_DESK } from '../src/simulation/team.ts';
import type { TestCli } from './test-cli.ts';

export const HOUR_MS = 3_600_000;
const BEGAN = Date.now() - 100 * HOUR_MS;

/** The instant so many hours after the beginning. */
const at = (hours: number): string => timestamp(BEGAN + hours * HOUR_MS);

/** A contact whose conversations take turns on one channel: one may begin only once the other pauses. */
async function seedAlternatingConversations({ api }: TestCli['baton']): Promise<void> {
  const place = { contactId: 'both', channel: 'web' as const };
  const { id: one } = await api.conversations.create.mutate({ ...place, tags: ['one'], at: at(1) });
  await api.conversations.pause.mutate({ conversationId: one, at: at(2) });
  const { id: two } = await api.conversations.create.mutate({ ...place, tags: ['two'], at: at(3) });
  await api.conversations.close.mutate({ conversationId: two, reason: 'Done', at: at(4) });
  await api.conversations.resume.mutate({ conversationId: one, at: at(4) });
  await api.conversations.close.mutate({ conversationId: one, at: at(5) });
  await api.conversations.reopen.mutate({ conversationId: two, at: at(6) });
}

/** What the sample stories leave out. */
async function seedRareCases({ api }: TestCli['baton']): Promise<void> {
  const place = { contactId: 'rare', channel: 'email' as const, at: at(1) };
  const { id: conversationId } = await api.conversations.create.mutate({ ...place, by: 'supervisor' });
  const step = { conversationId, by: 'supervisor' };
  await api.stages.transition.mutate({ ...step, to: 'qualification', notes: 'Looks good', at: at(2) });
  const { followUp } = await api.followUps.schedule.mutate({
    ...step,
    type: 'nurture',
    dueAt: { localTime: '2031-07-01T09:30', timeZone: 'Europe/Berlin' },
    cancelOn: ['stage_change'],
    at: at(3),
  });
  await api.followUps.snooze.mutate({
    followUpId: followUp.id,
    until: { localTime: '2031-08-01T10:00', timeZone: 'America/Denver' },
    at: at(4),
  });
  const { followUp: other } = await api.followUps.schedule.mutate({
    ...step,
    type: 'nurture',
    dueAt: '2031-01-01T00:00:07.000Z',
    at: at(4),
  });
  const { objection } = await api.objections.raise.mutate({
    ...step,
    type: 'price',
    severity: 'low',
    text: 'Hm',
    at: at(5),
  });
  await api.objections.defer.mutate({
    objectionId: objection.id,
    reason: 'Later',
    by: 'supervisor',
    at: at(6),
  });
  await api.conversations.pause.mutate({ ...step, at: at(7) });
  await api.followUps.cancel.mutate({ followUpId: other.id, at: at(8) });
  await api.stages.transition.mutate({
    ...step,
    to: 'closed_lost',
    lossReason: 'No budget',
    deal: { monthlyValueCents: 5 },
    at: at(9),
  });
  await api.conversations.resume.mutate({ ...step, at: at(10) });
  await api.objections.resolve.mutate({
    objectionId: objection.id,
    method: 'Came back',
    handledBy: 'closer',
    confidence: 0.5,
    advanceTo: 'follow_up',
    at: at(11),
  });
  const request = { conversationId, from: 'supervisor', reason: 'Please', trigger: 'manual' as const };
  const { handoff } = await api.handoffs.request.mutate({ ...request, to: 'closer', at: at(12) });
  await api.handoffs.cancel.mutate({ handoffId: handoff.id, reason: 'Not needed', at: at(13) });
  const { handoff: queued } = await api.handoffs.request.mutate({
    ...request,
    to: SALES_DESK,
    stage: 'qualification',
    at: at(14),
  });
  await api.handoffs.accept.mutate({ handoffId: queued.id, by: 'priya_raman', at: at(15) });
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'attached',
    author: { kind: 'agent', agentId: 'priya_raman' },
    text: 'Here.',
    inReplyTo: 1,
    parts: [{ type: 'attachment', url: 'https://files.example/offer.pdf' }],
    at: at(16),
  });
  await api.handoffs.request.mutate({ ...request, from: 'priya_raman', to: 'closer', at: at(17) });
  await api.handoffs.takeover.mutate({ conversationId, by: 'dana_whitfield', reason: 'Mine', at: at(18) });
  await api.deals.update.mutate({ ...step, deal: { discountPercent: 3 }, at: at(19) });
  await api.conversations.abandon.mutate({ ...step, reason: 'Gone', at: at(20) });
  // History must not depend on today's agents: the desk has lost a member, and somebody is away.
  await api.agents.update.mutate({ id: SALES_DESK, members: ['marcus_oyelaran'] });
  await api.agents.update.mutate({ id: 'closer', availability: 'away', capacity: 1 });
}

/** What breaks lines, files, terminals and databases elsewhere. */
export const HOSTILE = [
  'line\u2028separator\u2029and paragraph\u0085next line',
  'tab\u000b vertical \u000c form feed, alone \r and \r\n together',
  '\uFEFFmark at the start',
  'nothing\u0000in the middle \u001b[2J\u0007',
  '👩‍👩‍👧‍👦🏳️‍🌈 family, flag and 𝒳',
  'שלום \u202Eright to left\u202C مرحبا',
  'e\u0301 and é, ﬁ and fi, ß and ẞ, İ and i',
  '"quotes" \\backslash\\ {"entry":{"conversationId":"65f000000000000000000001"}}',
  '$where {$ne: null} __proto__ constructor',
  `${'very long '.repeat(3_199)}the end`,
];

async function seedHostileTexts({ api }: TestCli['baton']): Promise<void> {
  for (const [index, text] of HOSTILE.entries()) {
    const short = text.slice(0, 60);
    const key = short.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '').trim();
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: `${index} ${key}`,
      channel: 'whatsapp',
      contact: { name: short, phone: '+1 555' },
      initialMessage: { text, clientMessageId: `first ${key}` },
      tags: [key],
      metadata: { note: text.slice(0, 1_900), constructor: 1.5e-7, empty: '', none: null },
      at: at(30),
    });
    const by = 'supervisor';
    await api.messages.append.mutate({
      conversationId,
      clientMessageId: `second ${key}`,
      author: { kind: 'agent', agentId: by },
      text,
      parts: [
        { type: 'tool_call', callId: key, name: short, arguments: text },
        { type: 'tool_result', callId: key, result: text },
      ],
      usage: { model: short, inputTokens: 1, outputTokens: 2, costMicros: 3 },
      at: at(31),
    });
    await api.objections.raise.mutate({
      conversationId,
      type: 'trust',
      severity: 'high',
      text: text.slice(0, 400),
      by,
      at: at(32),
    });
    if (index === 0) await api.messages.redact.mutate({ conversationId, seq: 2, at: at(33) });
    await api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      dueAt: '2031-01-01T00:00:07.000Z',
      context: text.slice(0, 1_900),
      by,
      at: at(33),
    });
  }
}

/** What a version before took, and nobody can say any more: odd keys, blank words, a number that was rounded. */
async function seedFormerInput({ api }: TestCli['baton']): Promise<void> {
  const conversationId = ConversationId.parse('5'.repeat(24));
  const place = { conversationId, at: at(1), actor: { kind: 'customer' as const } };
  await api.conversations.restore.mutate({
    conversationId,
    entries: [
      {
        ...place,
        seq: 1,
        version: 1,
        kind: 'created',
        contactId: ' nothing\u0000\u2028seen\n',
        channel: 'web',
        agentId: AgentId.parse('supervisor'),
        tags: [' ', 'a\u202Eb '],
        metadata: { profile: 2 ** 60 },
      },
      {
        ...place,
        seq: 2,
        version: 2,
        kind: 'message',
        clientMessageId: '\r\n',
        author: place.actor,
        text: ' \u0085\r\u000B',
        visibility: 'public',
        redactedAt: null,
      },
    ],
  });
}

/** A timeline of several calls, and of several pages. */
async function seedLongConversation({ api }: TestCli['baton']): Promise<void> {
  const { id: conversationId } = await api.conversations.create.mutate({ contactId: 'long', channel: 'api' });
  for (let turn = 0; turn < 25; turn += 1) {
    const messages = Array.from({ length: 100 }, (_, index) => ({
      clientMessageId: `${turn}-${index}`,
      author: { kind: 'customer' as const },
      text: `Line ${turn}-${index} of a long story`,
    }));
    await api.messages.appendTurn.mutate({ conversationId, messages });
    if (turn % 10 !== 0) continue;
    await api.objections.raise.mutate({
      conversationId,
      type: 'price',
      severity: 'low',
      text: `No. ${turn}`,
    });
    const budget = { verdict: true, value: `${turn}` };
    await api.qualification.record.mutate({ conversationId, budget, by: 'supervisor' });
  }
}

/** How many conversations `seedArchive` makes. */
export const SEEDED = 27 + HOSTILE.length;

/** A tenant with conversations in every state, rare cases, hostile texts, a long timeline and business hours. */
export async function seedArchive(cli: TestCli): Promise<void> {
  await cli.run('simulate', '--conversations', '22', '--seed', '5');
  await seedAlternatingConversations(cli.baton);
  await seedRareCases(cli.baton);
  await seedHostileTexts(cli.baton);
  await seedFormerInput(cli.baton);
  await seedLongConversation(cli.baton);
  const businessHours = { timeZone: 'Asia/Kolkata', weekdays: [{ day: 1, from: '12:00', to: '12:01' }] };
  await cli.baton.api.tenant.update.mutate({ businessHours });
}
