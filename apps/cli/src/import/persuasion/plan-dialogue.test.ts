import { ConversationId, timestamp } from '@baton/schema';
import { expect, test } from 'vitest';
import { BROKEN_DIALOG_CSV, BROKEN_OUTCOMES_CSV, DIALOG_CSV, OUTCOMES_CSV } from '../../../test/fixtures.ts';
import { createdConversation } from '../../../test/factories.ts';
import type { ApiCommand } from '../../api/api-command.ts';
import { planDialogue } from './plan-dialogue.ts';
import { type Dialogue, parsePersuasion } from './parse-persuasion.ts';

function dialogues(): Dialogue[] {
  return parsePersuasion(DIALOG_CSV, OUTCOMES_CSV).dialogues;
}

function commandsOf(dialogue: Dialogue | undefined): ApiCommand[] {
  if (dialogue === undefined) throw new Error('no such dialogue');
  const conversation = createdConversation();
  return planDialogue(dialogue).plan.steps.map((step) => step(conversation));
}

function ofType<Type extends ApiCommand['type']>(commands: readonly ApiCommand[], type: Type) {
  return commands.filter((command): command is Extract<ApiCommand, { type: Type }> => command.type === type);
}

test('dialogues keep the order of the file, with their outcome in cents', () => {
  const parsed = parsePersuasion(DIALOG_CSV, OUTCOMES_CSV);
  expect(parsed.faults).toEqual([]);
  expect(parsed.dialogues.map(({ id, number, outcome }) => [id, number, outcome])).toEqual([
    ['first', 0, { persuaderCents: 0, persuadeeCents: 150 }],
    ['second', 1, { persuaderCents: 10, persuadeeCents: 0 }],
    ['third', 2, { persuaderCents: 0, persuadeeCents: 200 }],
  ]);
  expect(parsed.dialogues[0]?.lines.map(({ speaker, text }) => [speaker, text])[1]).toEqual([
    'persuadee',
    'For the sea, always.',
  ]);
});

test('each turn of a speaker is one command, in the words and order of the file', () => {
  const turns = ofType(commandsOf(dialogues()[0]), 'messages.appendTurn');
  expect(turns.map(({ input }) => input.messages.map(({ text }) => text))).toEqual([
    ['Hello, do you have a minute for the sea?'],
    ['For the sea, always.'],
    ['We clean beaches.', 'Every Sunday.'],
    ['Lovely! Count me in.'],
  ]);
  expect(turns[2]?.input.messages[0]).toMatchObject({
    clientMessageId: 'row-2',
    author: { kind: 'agent', agentId: 'persuader' },
  });
  expect(turns[3]?.input.messages[0]?.author).toEqual({ kind: 'customer' });
});

test('a donation is a won deal of its size, forced to closing because nothing was qualified', () => {
  const commands = commandsOf(dialogues()[0]);
  expect(ofType(commands, 'stages.transition').map(({ input }) => [input.to, input.force])).toEqual([
    ['qualification', undefined],
    ['closing', true],
  ]);
  expect(ofType(commands, 'deals.close')[0]?.input).toMatchObject({
    outcome: 'won',
    deal: { monthlyValueCents: 150, paymentMethod: 'credit_card' },
  });
});

test('no donation is a lost deal', () => {
  const commands = commandsOf(dialogues()[1]);
  expect(commands.at(-1)).toMatchObject({
    type: 'deals.close',
    input: { outcome: 'lost', lossReason: 'Gave nothing' },
  });
});

test('a customer who never answered leaves the lead where it is until it closes', () => {
  const moves = ofType(commandsOf(dialogues()[2]), 'stages.transition').map(({ input }) => input.to);
  expect(moves).toEqual(['closing']);
});

test('times are made up the same way at every run: in the past, never back, with gaps of seconds to minutes', () => {
  const [first, again] = [commandsOf(dialogues()[0]), commandsOf(dialogues()[0])];
  expect(first).toEqual(again);
  const instants = ofType(first, 'messages.appendTurn').map(({ input }) => Date.parse(input.at ?? ''));
  const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
  for (const gap of gaps) {
    expect(gap).toBeGreaterThan(2_000);
    expect(gap).toBeLessThan(10 * 60_000);
  }
  expect(instants[0]).toBeLessThan(Date.parse(timestamp(Date.now())));
});

test('a plan knows its own conversation by the dialogue, not by the contact alone', () => {
  const [dialogue] = dialogues();
  if (dialogue === undefined) throw new Error('no dialogue');
  const { plan } = planDialogue(dialogue);
  expect(plan.create).toMatchObject({ contactId: 'persuasion-first', agentId: 'persuader', channel: 'web' });
  const conversation = createdConversation({ metadata: plan.create.metadata ?? {} });
  expect(plan.matches(conversation)).toBe(true);
  expect(plan.matches({ ...conversation, metadata: { source: 'persuasion', dialogueId: 'other' } })).toBe(
    false,
  );
  expect(ConversationId.safeParse(conversation.id).success).toBe(true);
});

test('broken rows are named with file and line, and the rest stands', () => {
  const { dialogues: read, faults } = parsePersuasion(BROKEN_DIALOG_CSV, BROKEN_OUTCOMES_CSV);
  expect(faults).toEqual([
    { place: 'outcomes.csv:3', problem: 'A second outcome of dialogue first' },
    { place: 'outcomes.csv:4', problem: expect.stringContaining('persuader_donation_usd') },
    { place: 'full_dialog.csv:5', problem: expect.stringContaining('Not readable as CSV') },
    { place: 'full_dialog.csv:3', problem: expect.stringContaining('B4') },
    { place: 'full_dialog.csv:4', problem: expect.stringContaining('Unit') },
    { place: 'full_dialog.csv:7', problem: 'No outcome of dialogue lonely: it stays open' },
  ]);
  expect(read.map(({ id, lines }) => [id, lines.length])).toEqual([
    ['first', 2],
    ['lonely', 1],
  ]);
  expect(commandsOf(read[1]).map(({ type }) => type)).toEqual(['messages.appendTurn']);
});

test('an over-long text is a fault of its row', () => {
  const long = `,Unit,Turn,B4,B2\n0,${'x'.repeat(32_001)},0,0,first\n1,Fine.,0,1,first\n`;
  const { dialogues: read, faults } = parsePersuasion(long, OUTCOMES_CSV);
  expect(faults).toEqual([{ place: 'full_dialog.csv:2', problem: expect.stringContaining('Unit') }]);
  expect(read[0]?.lines).toHaveLength(1);
});

test.each([
  ['', 'no records'],
  ['a,b\n1,2\n', 'no column Unit'],
])('a file without its columns is refused: %j', (dialog, message) => {
  expect(() => parsePersuasion(dialog, OUTCOMES_CSV)).toThrow(message);
});
