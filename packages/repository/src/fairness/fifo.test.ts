import { expect, test } from 'vitest';
import { Fifo } from './fifo.ts';

test('items leave in the order in which they came, and none is kept', () => {
  const fifo = new Fifo<number>();
  expect(fifo.shift()).toBeUndefined();
  const left: (number | undefined)[] = [];
  for (let item = 0; item < 100; item += 1) {
    fifo.push(item);
    if (item % 3 === 0) left.push(fifo.shift());
  }
  expect(fifo.peek()).toBe(34);
  while (fifo.size > 0) left.push(fifo.shift());
  expect(left).toEqual(Array.from({ length: 100 }, (_, item) => item));
  expect(fifo.peek()).toBeUndefined();
});
