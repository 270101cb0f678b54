import type { FileId, MessagePart } from '@baton/schema';
import { expect, test } from 'vitest';
import { partLine } from './part-lines.ts';

const FILE = 'f'.repeat(24) as FileId;

test.each<[MessagePart, string | null]>([
  [{ type: 'text', text: 'Team: $945' }, null],
  [{ type: 'text', text: 'Elsewhere' }, 'Elsewhere'],
  [{ type: 'reasoning', text: 'Twelve seats' }, 'thought: Twelve seats'],
  [{ type: 'tool_call', callId: 'c', name: 'quote', arguments: { seats: 12 } }, '→ quote {"seats":12}'],
  [
    {
      type: 'tool_call',
      callId: 'c',
      name: 'quote',
      arguments: '{}',
      state: 'output-error',
      errorText: 'No',
    },
    '→ quote {} [output-error] failed: No',
  ],
  [{ type: 'tool_result', callId: 'c', result: { cents: 1 } }, '← {"cents":1}'],
  [
    { type: 'tool_result', callId: 'c', result: 'x'.repeat(40_000) },
    `← ${'x'.repeat(2_000)} … (40000 characters)`,
  ],
  [{ type: 'attachment', url: 'https://files.example/a.pdf' }, '📎 https://files.example/a.pdf'],
  [{ type: 'attachment', url: 'data:image/png;base64,iVBORw0KGgo=' }, '📎 data:image/png'],
  [{ type: 'attachment', fileId: FILE }, `📎 file ${FILE}`],
  [{ type: 'attachment', fileId: FILE, name: 'desk.png' }, '📎 desk.png'],
  [
    { type: 'source', url: 'https://plans.example/team', title: 'Team' },
    'source: Team https://plans.example/team',
  ],
  [{ type: 'source', id: 's1' }, 'source: s1'],
  [{ type: 'data', name: 'chart', json: { bars: [1, 2] } }, 'chart: {"bars":[1,2]}'],
])('%j reads in a line', (part, line) => {
  expect(partLine(part, 'Team: $945 a month.')).toBe(line);
});
