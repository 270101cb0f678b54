import { beforeEach, describe, expect, test } from 'vitest';
import { selectionIn } from './text-selection.ts';

/** The range from one text node's place to another's. */
function rangeOf(from: [string, number], to: [string, number]): Range {
  const node = (selector: string) => document.querySelector(selector)?.firstChild ?? document.body;
  const range = document.createRange();
  range.setStart(node(from[0]), from[1]);
  range.setEnd(node(to[0]), to[1]);
  return range;
}

describe('marked words', () => {
  beforeEach(() => {
    document.body.innerHTML =
      '<p data-message-seq="7">We can do <span id="proof">200 a month</span><span id="rest"> at most.</span></p>' +
      '<p data-message-seq="8" id="next">And you?</p><p id="outside">Not a message</p>';
  });

  test('have their place in the message’s text, whatever it is cut into', () => {
    expect(selectionIn(rangeOf(['[data-message-seq="7"]', 7], ['#proof', 3]))).toMatchObject({
      evidence: { seq: 7, start: 7, end: 13 },
      text: 'do 200',
    });
  });

  test('are marked without the spaces around them', () => {
    expect(selectionIn(rangeOf(['#proof', 3], ['#rest', 4]))).toMatchObject({
      evidence: { seq: 7, start: 14, end: 24 },
      text: 'a month at',
    });
  });

  test.each([
    ['of two messages', ['#proof', 0], ['#next', 3]],
    ['of no message', ['#outside', 0], ['#outside', 3]],
    ['that are only space', ['#rest', 0], ['#rest', 1]],
  ] as const)('%s are none', (_name, from, to) => {
    expect(selectionIn(rangeOf([...from], [...to]))).toBeNull();
  });
});
