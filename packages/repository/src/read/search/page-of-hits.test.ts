import { ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { type Found, takePage } from './page-of-hits.ts';

const id = new ObjectId();
const found = (rank: number, bytes = 1): Found<number> => ({ place: { rank, id }, item: rank, bytes });

async function* stream(items: readonly Found<number>[]) {
  yield* items;
}

test('a page that has all there is has no end', async () => {
  const page = await takePage(stream([found(3), found(2)]), 2);
  expect(page).toEqual({ items: [3, 2], cutAt: null });
});

test('a full page ends at its last item', async () => {
  const page = await takePage(stream([found(3), found(2), found(1)]), 2);
  expect(page).toEqual({ items: [3, 2], cutAt: { rank: 2, id } });
});

test('a page ends before it passes 4 MB, but has one item', async () => {
  const page = await takePage(stream([found(3, 3_000_000), found(2, 900_000), found(1, 200_000)]), 100);
  expect(page).toEqual({ items: [3, 2], cutAt: { rank: 2, id } });
  const large = await takePage(stream([found(3, 9_000_000), found(2)]), 100);
  expect(large).toEqual({ items: [3], cutAt: { rank: 3, id } });
});

test('a page that took too long ends where nobody looked further', async () => {
  const page = await takePage(stream([found(3), { place: { rank: 2.5, id }, isEnd: true }, found(2)]), 100);
  expect(page).toEqual({ items: [3], cutAt: { rank: 2.5, id } });
});

test('others are served between two items that take long', async () => {
  let served = 0;
  const serve = () => {
    served += 1;
    immediate = setImmediate(serve);
  };
  let immediate = setImmediate(serve);
  async function* slow() {
    for (let rank = 0; rank < 5; rank += 1) {
      const until = performance.now() + 12;
      while (performance.now() < until);
      yield found(rank);
    }
  }
  await takePage(slow(), 10);
  clearImmediate(immediate);
  expect(served).toBeGreaterThanOrEqual(5);
});
