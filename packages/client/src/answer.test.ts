import { describe, expect, test } from 'vitest';
import { entriesOf, lastSeqOf } from './answer.ts';

const entry = { seq: 3 };

describe('the entries of an answer', () => {
  test.each<[string, unknown, unknown[]]>([
    ['a change with several', { entries: [entry] }, [entry]],
    ['a message', { entry }, [entry]],
    ['an answer without any', { ok: true }, []],
    ['no object', 'done', []],
    ['null', null, []],
  ])('%s', (_name, answer, entries) => {
    expect(entriesOf(answer)).toEqual(entries);
  });
});

describe('the last entry that an answer shows', () => {
  test.each<[string, unknown, number]>([
    ['a change with its conversation', { conversation: { lastSeq: 7 } }, 7],
    ['a conversation', { lastSeq: 5 }, 5],
    ['an answer without a conversation', { ok: true }, 0],
    ['no object', 7, 0],
    ['null', null, 0],
  ])('%s', (_name, answer, seq) => {
    expect(lastSeqOf(answer)).toBe(seq);
  });
});
