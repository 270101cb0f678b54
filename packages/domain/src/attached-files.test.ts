import { FileId } from '@baton/schema';
import { expect, test } from 'vitest';
import { Scenario } from '../test/scenario.ts';

const FILE = FileId.parse('a'.repeat(24));
const OTHER = FileId.parse('b'.repeat(24));
const says = (fileId: FileId) => ({
  clientMessageId: fileId,
  author: { kind: 'customer' as const },
  text: 'See this',
  parts: [
    { type: 'text' as const, text: 'See this' },
    { type: 'attachment' as const, url: 'https://files.example/a' },
    { type: 'attachment' as const, fileId },
  ],
});
const files: ReadonlySet<FileId> = new Set([FILE]);

test('a message names stored files of its conversation', () => {
  const { entries } = new Scenario().when('messages.append', says(FILE), { files });
  expect(entries).toMatchObject([{ kind: 'message', parts: says(FILE).parts }]);
});

test('any other file is refused, with its place', () => {
  const scenario = new Scenario();
  scenario.customerSays('Hello');
  const { lastSeq: seq } = scenario.conversation;
  const refusals = [
    scenario.refusal('messages.append', says(OTHER), { files }),
    scenario.refusal('messages.appendTurn', { messages: [says(FILE), says(OTHER)] }, { files }),
    scenario.refusal('messages.revise', { seq, parts: says(OTHER).parts }, { files }),
  ];
  const message = `No file ${OTHER} of this conversation is stored`;
  expect(refusals).toMatchObject(
    ['parts[2].fileId', 'messages[1].parts[2].fileId', 'parts[2].fileId'].map((path) => ({
      code: 'INVALID_INPUT',
      details: { faults: [{ path, message }] },
    })),
  );
});

test('who cannot know the files leaves them to the server', () => {
  expect(() => new Scenario().when('messages.append', says(OTHER))).not.toThrow();
});
