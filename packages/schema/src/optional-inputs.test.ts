import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { UpdateContact } from './contact.ts';
import { AppendMessage } from './message.ts';
import { ReportMessage, ReviseMessage } from './message-standing.ts';
import { CalendarDate, NewSendPolicy } from './send-policy.ts';
import { UpdateTenant } from './tenant.ts';

const conversationId = '65f000000000000000000001';
const faults = (schema: z.ZodType, input: unknown) =>
  (schema.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('an input that may leave out any of its fields', () => {
  it.each([
    [UpdateTenant, {}, ': Give businessHours, reopenWithinMs, sendPolicy or several'],
    [ReviseMessage, { conversationId, seq: 2 }, 'text: Give text, parts or raw'],
    [ReviseMessage, { conversationId, text: 'a' }, 'seq: Give either seq or clientMessageId'],
    [
      ReviseMessage,
      { conversationId, seq: 2, clientMessageId: 'm', text: 'a' },
      'seq: Give either seq or clientMessageId',
    ],
    [ReportMessage, { conversationId, state: 'sent' }, 'seq: Give either seq or clientMessageId'],
  ])('%# says which it needs', (schema, input, fault) => {
    expect(faults(schema, input)).toContain(fault);
  });

  it.each([
    [UpdateTenant, { reopenWithinMs: 60_000 }],
    [UpdateTenant, { sendPolicy: null }],
    [UpdateTenant, { businessHours: null }],
    [ReviseMessage, { conversationId, seq: 2, text: '' }],
    [ReviseMessage, { conversationId, clientMessageId: 'm', parts: [{ type: 'text', text: 'a' }] }],
    [ReviseMessage, { conversationId, seq: 2, raw: { format: 'f', json: {} } }],
    [ReportMessage, { conversationId, clientMessageId: 'm', state: 'read' }],
    [UpdateContact, { contactId: 'ann', language: 'pt-BR' }],
  ])('%# takes any one of them', (schema, input) => {
    expect(faults(schema, input)).toEqual([]);
  });
});

it('a message may be empty where it has a part, or is kept as a framework gave it', () => {
  const message = { conversationId, clientMessageId: 'm', author: { kind: 'customer' }, text: '' };
  expect(faults(AppendMessage, message)).toEqual([
    'text: Text is blank, and there is no part: nothing was said',
  ]);
  expect(faults(AppendMessage, { ...message, raw: { format: 'f', json: null } })).toEqual([]);
  expect(faults(AppendMessage, { ...message, parts: [{ type: 'reasoning', text: 'a' }] })).toEqual([]);
});

it('a language is one that BCP 47 knows the form of', () => {
  for (const language of ['de_DE', 'no language', '']) {
    expect(faults(UpdateContact, { contactId: 'ann', language })).toHaveLength(1);
  }
});

it('a send policy has budgets that limit something, one an agent, and days that exist', () => {
  expect(faults(NewSendPolicy, { budgets: [{ agentId: 'a' }] })).toEqual([
    'budgets.0.tokensPerDay: Expected tokensPerDay or costMicrosPerDay',
  ]);
  const budget = { agentId: 'a', costMicrosPerDay: 5 };
  expect(faults(NewSendPolicy, { budgets: [budget, budget] })).toEqual(['budgets: An agent has two budgets']);
  expect(faults(NewSendPolicy, { budgets: [budget, { agentId: 'b', tokensPerDay: 1 }] })).toEqual([]);
  expect(faults(CalendarDate, '2026-02-30')).toEqual([': No such day exists']);
  expect(faults(CalendarDate, '2026-02-28')).toEqual([]);
});
