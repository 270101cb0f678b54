import { expect, test } from 'vitest';
import { createdConversation } from '../../../test/factories.ts';
import { chatRun, TRANSFERRED_RUN } from '../../../test/fixtures.ts';
import { planRun } from './plan-run.ts';
import type { ApiCommand } from '../../api/api-command.ts';
import { parseRuns } from './parse-runs.ts';

function planned(run: Record<string, unknown>) {
  const { runs, faults } = parseRuns('runs.json', JSON.stringify([run]));
  const [parsed] = runs;
  if (parsed === undefined) throw new Error(JSON.stringify(faults));
  const { placed, faults: more } = planRun(parsed, 'set');
  const conversation = createdConversation();
  const commands: ApiCommand[] = placed.plan.steps.map((step) => step(conversation));
  return { plan: placed.plan, commands, faults: [...faults, ...more] };
}

function messagesOf(commands: readonly ApiCommand[]) {
  return commands.flatMap((command) =>
    command.type === 'messages.appendTurn' ? command.input.messages : [],
  );
}

test('roles become authors, and what the customer never saw is internal', () => {
  const messages = messagesOf(planned(chatRun()).commands);
  expect(messages.map(({ author, visibility = 'public', text }) => [author.kind, visibility, text])).toEqual([
    ['system', 'internal', 'Be kind.'],
    ['customer', 'public', 'Can you move my table to eight?'],
    ['agent', 'internal', 'Calls find_booking'],
    ['tool', 'internal', 'Result of find_booking'],
    ['agent', 'public', 'Done, your table is at eight.'],
    ['customer', 'public', 'Thank you!'],
  ]);
});

test('tool calls and results are kept whole, as parts', () => {
  const messages = messagesOf(planned(chatRun()).commands);
  expect(messages[2]?.parts).toEqual([
    { type: 'tool_call', callId: 'call_1', name: 'find_booking', arguments: '{"name":"Ada"}' },
  ]);
  expect(messages[3]?.parts).toEqual([
    { type: 'tool_result', callId: 'call_1', name: 'find_booking', result: '{"table":4}' },
  ]);
});

test('a turn is all that is said until the other side speaks', () => {
  const { commands } = planned(chatRun());
  const turns = commands.flatMap((command) =>
    command.type === 'messages.appendTurn' ? [command.input.messages.length] : [],
  );
  expect(turns).toEqual([1, 1, 3, 1]);
});

test('a transfer to people becomes a handoff once its tool has answered', () => {
  const { commands } = planned(TRANSFERRED_RUN);
  expect(commands.map(({ type }) => type)).toEqual([
    'messages.appendTurn',
    'messages.appendTurn',
    'messages.appendTurn',
    'handoffs.transfer',
    'messages.appendTurn',
    'messages.appendTurn',
    'conversations.abandon',
  ]);
  expect(commands[3]).toMatchObject({
    input: { from: 'assistant', to: 'human_support', reason: 'Wants a person', trigger: 'user_intent' },
  });
});

test('what the assistant says after the handoff is internal: somebody else owns the conversation', () => {
  const messages = messagesOf(planned(TRANSFERRED_RUN).commands);
  expect(messages.find(({ text }) => text === 'One moment.')?.visibility).toBe('public');
  expect(messages.find(({ text }) => text === 'A colleague is with you soon.')?.visibility).toBe('internal');
});

test.each([
  ['not JSON', '{', 'Transferred to a person'],
  ['without a summary', '{}', 'Transferred to a person'],
  ['too long', JSON.stringify({ summary: 'y'.repeat(600) }), `${'y'.repeat(499)}…`],
])('a transfer whose reason is %s still happens', (_name, args, reason) => {
  const call = { id: 'c', function: { name: 'transfer_to_human_agents', arguments: args } };
  const { commands } = planned(
    chatRun({
      traj: [
        { role: 'user', content: 'It does not work.' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'assistant', content: null, tool_calls: [call] },
      ],
    }),
  );
  const transfers = commands.filter(({ type }) => type === 'handoffs.transfer');
  expect(transfers).toHaveLength(1);
  expect(transfers[0]).toMatchObject({ input: { reason, trigger: 'policy' } });
});

test('a reward of 1 completes the conversation, any other abandons it', () => {
  expect(planned(chatRun({ reward: 1 })).commands.at(-1)?.type).toBe('conversations.close');
  expect(planned(chatRun({ reward: 0.5 })).commands.at(-1)?.type).toBe('conversations.abandon');
});

test('task and trial name the contact, and times are the same at every run', () => {
  const { plan } = planned(chatRun({ task_id: 7, trial: 2 }));
  expect(plan.create).toMatchObject({ contactId: 'set-7-2', agentId: 'assistant' });
  expect(planned(chatRun()).commands).toEqual(planned(chatRun()).commands);
  expect(plan.matches(createdConversation({ metadata: plan.create.metadata ?? {} }))).toBe(true);
  expect(plan.matches(createdConversation())).toBe(false);
});

test('text in pieces is one text', () => {
  const { commands } = planned(
    chatRun({
      traj: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Two' }, { type: 'image_url' }, { type: 'text', text: 'parts' }],
        },
      ],
    }),
  );
  expect(messagesOf(commands)[0]?.text).toBe('Two\nparts');
});

test('a tool result without a name, and a tool without words, come in', () => {
  const { commands } = planned(chatRun({ traj: [{ role: 'tool', tool_call_id: 'x', content: '' }] }));
  expect(messagesOf(commands)[0]).toMatchObject({
    text: 'Result of a tool',
    parts: [{ type: 'tool_result', callId: 'x', result: '' }],
  });
});

test('more messages than a turn may have become several turns', () => {
  const traj = Array.from({ length: 130 }, (_, index) => ({ role: 'assistant', content: `Line ${index}` }));
  const turns = planned(chatRun({ traj })).commands.flatMap((command) =>
    command.type === 'messages.appendTurn' ? [command.input.messages.length] : [],
  );
  expect(turns).toEqual([100, 30]);
});

test('broken runs and messages are named with their place, and the rest stands', () => {
  const { runs, faults } = parseRuns(
    'runs.json',
    JSON.stringify([
      chatRun(),
      { task_id: 2 },
      chatRun(),
      chatRun({
        task_id: 3,
        traj: [
          { role: 'narrator', content: 'x' },
          { role: 'user', content: 'Hi' },
        ],
      }),
    ]),
  );
  expect(runs.map(({ taskId, messages }) => [taskId, messages.length])).toEqual([
    ['1', 6],
    ['3', 1],
  ]);
  expect(faults).toEqual([
    { place: 'runs.json:run 1', problem: expect.stringContaining('reward') },
    { place: 'runs.json:run 2', problem: 'A second run of task 1, trial 0' },
    { place: 'runs.json:run 3/message 0', problem: expect.stringContaining('role') },
  ]);
});

test('a message that the store cannot hold is named and left out', () => {
  const { commands, faults } = planned(
    chatRun({
      traj: [
        { role: 'user', content: 'z'.repeat(32_001) },
        { role: 'user', content: 'Short.' },
        { role: 'assistant', content: '' },
      ],
    }),
  );
  expect(messagesOf(commands).map(({ text }) => text)).toEqual(['Short.']);
  expect(faults.map(({ place }) => place)).toEqual([
    'runs.json:run 0/message 0',
    'runs.json:run 0/message 2',
  ]);
});

test('a file that is no array of runs is refused', () => {
  expect(() => parseRuns('runs.json', '{}')).toThrow('no array');
  expect(() => parseRuns('runs.json', 'nothing')).toThrow(/JSON/);
});
