import type { MessageEntry } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens, MessageWindow } from './message-context.ts';

type Part = NonNullable<MessageEntry['parts']>[number];
type Said = Pick<MessageEntry, 'text' | 'visibility'> & {
  author: MessageEntry['author']['kind'];
  parts?: Part[];
};

const call = (callId: string): Part => ({ type: 'tool_call', callId, name: 'look_up', arguments: '{}' });
const result = (callId: string, size = 8): Part => ({
  type: 'tool_result',
  callId,
  result: 'r'.repeat(size),
});

function timelineOf(said: readonly Said[]): MessageEntry[] {
  return said.map(({ author, parts, ...message }, index) => ({
    // Only what the window reads, and what it gives back.
    ...({ kind: 'message', seq: index + 2, clientMessageId: `m${index}` } as MessageEntry),
    ...message,
    author: { kind: author },
    ...(parts && { parts }),
  }));
}

/** As the repository reads it: from the newest, and the internal ones only for those who may see them. */
function contextOf(timeline: readonly MessageEntry[], tokenBudget: number, includeInternal: boolean) {
  const window = new MessageWindow(tokenBudget);
  const hide = (next: MessageEntry[] = []) => {
    const open = includeInternal ? null : window.openCalls(next);
    if (open === null) return;
    const isAsked = (part: Part) => part.type === 'tool_result' && open.callIds.includes(part.callId);
    window.hide(
      open,
      timeline.filter(
        ({ seq, visibility, parts = [] }) =>
          seq > open.afterSeq && visibility === 'internal' && parts.some(isAsked),
      ),
    );
  };
  for (const message of timeline.toReversed()) {
    if (!includeInternal && message.visibility === 'internal') continue;
    if (!window.fits(message)) hide([message]);
    if (!window.fits(message)) break;
    window.add(message);
  }
  hide();
  return window.finish();
}

const partsOf = (messages: readonly MessageEntry[]) => messages.flatMap(({ parts = [] }) => parts);
const textsOf = ({ messages }: { messages: MessageEntry[] }) => messages.map(({ text }) => text);

/** Every result has its call before it; every call has its result behind it where one was said. */
function expectPairs(messages: readonly MessageEntry[], timeline: readonly MessageEntry[]): void {
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const part of partsOf(messages)) {
    if (part.type === 'tool_call') called.add(part.callId);
    if (part.type !== 'tool_result') continue;
    expect(called).toContain(part.callId);
    answered.add(part.callId);
  }
  const said = new Set(partsOf(timeline).flatMap((part) => (part.type === 'tool_result' ? part.callId : [])));
  for (const callId of called) if (said.has(callId)) expect(answered).toContain(callId);
}

const words = (author: Said['author'], text: string, parts?: Part[]): Said => ({
  author,
  text,
  visibility: 'public',
  ...(parts && { parts }),
});
const note = (author: Said['author'], text: string, parts?: Part[]): Said => ({
  ...words(author, text, parts),
  visibility: 'internal',
});
const long = (text: string) => text + '.'.repeat(300);

describe('the messages for a prompt', () => {
  it.each([true, false])(
    'keep calls and results together at every budget (internal: %s)',
    (includeInternal) => {
      const timeline = timelineOf([
        words('customer', long('Is the blue one back?')),
        note('agent', long('checks the stock'), [call('a')]),
        note('tool', long('stock'), [result('a', 30)]),
        note('agent', long('checks the supplier'), [call('b')]),
        note('tool', long('supplier'), [result('b', 90)]),
        words('agent', 'It is back on Monday.'),
      ]);
      for (let budget = 5; budget <= 900; budget += 1) {
        const { messages, tokens } = contextOf(timeline, budget, includeInternal);
        expectPairs(messages, timeline);
        expect(tokens).toBeLessThanOrEqual(budget);
      }
      expect(textsOf(contextOf(timeline, 900, includeInternal))).toHaveLength(includeInternal ? 6 : 2);
    },
  );

  it('keep the words beside a call whose result is internal, without the call', () => {
    const timeline = timelineOf([
      words('customer', 'Has it shipped?'),
      words('agent', 'I will check.', [call('a'), call('b')]),
      note('tool', 'yes', [result('a')]),
      words('tool', 'tomorrow', [result('b')]),
      words('agent', 'It arrives tomorrow.'),
    ]);
    const { messages } = contextOf(timeline, 8_000, false);
    expect(messages.map(({ text }) => text)).toEqual([
      'Has it shipped?',
      'I will check.',
      'tomorrow',
      'It arrives tomorrow.',
    ]);
    expect(partsOf(messages)).toEqual([call('b'), result('b')]);
    expect(partsOf(contextOf(timeline, 8_000, true).messages)).toHaveLength(4);
  });

  it('have the form that a framework gave them only where no part of it is left out', () => {
    const raw = { format: 'f', json: { calls: ['a', 'b'] } };
    const [question, ...rest] = timelineOf([
      words('agent', 'I will check.', [call('a')]),
      words('tool', 'yes', [result('a')]),
      note('tool', 'no', [result('b')]),
    ]);
    if (question === undefined) throw new Error('There is a question');
    const asked = [{ ...question, raw }, ...rest];
    expect(contextOf(asked, 900, false).messages[0]).toHaveProperty('raw', raw);
    asked[0] = { ...question, raw, parts: [call('a'), call('b')] };
    const [first] = contextOf(asked, 900, false).messages;
    expect(first).toMatchObject({ text: 'I will check.', parts: [call('a')] });
    expect(first).not.toHaveProperty('raw');
  });

  it('have two calls and their two results together, or none of the three messages', () => {
    const timeline = timelineOf([
      words('customer', 'Price and size?'),
      words('agent', 'Looking both up', [call('a'), call('b')]),
      words('tool', 'price', [result('a', 40)]),
      words('tool', 'size', [result('b', 40)]),
      words('agent', '90 by 40, for 20'),
    ]);
    const seen = new Set<string>();
    for (let budget = 5; budget <= 200; budget += 1)
      seen.add(textsOf(contextOf(timeline, budget, false)).join(' | '));
    expect([...seen]).toEqual([
      '',
      '90 by 40, for 20',
      'Looking both up | price | size | 90 by 40, for 20',
      'Price and size? | Looking both up | price | size | 90 by 40, for 20',
    ]);
  });

  it('keep a call that nobody has answered yet, and pair ids that are used again', () => {
    const again = [words('agent', 'once', [call('a')]), words('tool', 'r', [result('a')])];
    const pending = timelineOf([...again, words('agent', 'twice', [call('a')])]);
    expect(partsOf(contextOf(pending, 900, false).messages)).toEqual([call('a'), result('a'), call('a')]);
    const hidden = timelineOf([
      ...again,
      words('agent', 'twice', [call('a')]),
      note('tool', 'r', [result('a')]),
    ]);
    expect(partsOf(contextOf(hidden, 900, false).messages)).toEqual([call('a'), result('a')]);
    expect(textsOf(contextOf(hidden, 900, false))).toEqual(['once', 'r', 'twice']);
  });

  it('leave out results without a call, and messages in which nothing else is said', () => {
    const timeline = timelineOf([
      words('customer', ' \n'),
      note('agent', 'looks', [call('a')]),
      words('tool', 'found', [result('a')]),
      words('agent', 'Found it', [result('a')]),
      words('agent', ' ', [call('b')]),
      note('tool', 'none', [result('b')]),
    ]);
    const { messages, tokens } = contextOf(timeline, 900, false);
    expect(messages).toMatchObject([{ text: 'Found it' }]);
    expect(messages[0]).not.toHaveProperty('parts');
    expect(tokens).toBe(6);
  });

  it('are pairs within the budget, whatever is said in whatever order', () => {
    const callIds = fc.constantFrom('a', 'b', 'c', 'd');
    const saids = fc.array(
      fc.record({
        author: fc.constantFrom<Said['author'][]>('customer', 'agent', 'tool'),
        text: fc.constantFrom('Hm', 'Let me look that up', 'x'.repeat(90)),
        visibility: fc.constantFrom<Said['visibility'][]>('public', 'internal'),
        ids: fc.array(callIds, { maxLength: 2 }),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(saids, fc.integer({ min: 5, max: 900 }), fc.boolean(), (said, budget, includeInternal) => {
        // Each id is called once, and answered at most once afterwards, as tools do.
        const state = new Map<string, 'called' | 'answered'>();
        const timeline = timelineOf(
          said.map(({ ids, ...message }) => {
            const parts = ids.flatMap((id): Part[] => {
              const next = state.has(id) ? 'answered' : 'called';
              if (state.get(id) === 'answered') return [];
              state.set(id, next);
              return [next === 'called' ? call(id) : result(id, 20)];
            });
            return { ...message, ...(parts.length > 0 && { parts }) };
          }),
        );
        const before = structuredClone(timeline);
        const { messages, tokens } = contextOf(timeline, budget, includeInternal);
        expectPairs(messages, timeline);
        expect(tokens).toBeLessThanOrEqual(budget);
        expect(tokens).toBe(messages.reduce((sum, message) => sum + estimateTokens(message), 0));
        const seqs = messages.map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
        expect(timeline).toEqual(before);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('The estimate of tokens', () => {
  it('counts a quarter of the characters, rounded up, and four for the frame', () => {
    expect(estimateTokens({ text: '12345' })).toBe(6);
    expect(estimateTokens({ text: '' })).toBe(4);
  });

  it('counts what tools were asked, what they answered, and what was attached', () => {
    const text = '1234';
    expect(
      estimateTokens({ text, parts: [{ type: 'tool_call', callId: 'c', name: 'find', arguments: '{}{}' }] }),
    ).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'tool_result', callId: 'c', result: '1234' }] })).toBe(6);
    expect(
      estimateTokens({ text, parts: [{ type: 'tool_result', callId: 'c', name: 'find', result: '1234' }] }),
    ).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'attachment', url: 'http://a' }] })).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'attachment', url: 'http://a', name: 'plan' }] })).toBe(8);
  });
});
