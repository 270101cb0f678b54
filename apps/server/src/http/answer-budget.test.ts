import { expect, test } from 'vitest';
import { AnswerBudget } from './answer-budget.ts';

test('answers have room until their bytes are used up, and the first one in any case', () => {
  const budget = new AnswerBudget(10);
  budget.add('x'.repeat(4));
  budget.add('é'.repeat(3));
  expect(() => budget.add('x')).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterMs: 0 } }),
  );
  expect(() => new AnswerBudget(10).add('x'.repeat(100))).not.toThrow();
});
