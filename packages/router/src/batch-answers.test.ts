import { expect, test } from 'vitest';
import { BatchAnswers } from './batch-answers.ts';

const answer = (size: number) => async () => ({ ok: true, data: { text: 'x'.repeat(size) } });
const REFUSED = { cause: { code: 'RATE_LIMITED', details: { retryAfterMs: 0 } } };

test('the first answer has room whatever its size, later ones while there is some', async () => {
  const answers = new BatchAnswers(100);
  const first = await answers.take(answer(500));
  expect(answers.jsonOf(first.data)).toBe(JSON.stringify(first.data));
  await expect(answers.take(answer(1))).rejects.toMatchObject(REFUSED);
  const others = new BatchAnswers(100);
  await others.take(answer(30));
  await others.take(answer(30));
  await expect(others.take(answer(30))).rejects.toMatchObject(REFUSED);
});

test('no query begins once there is no room, and what fails or says nothing takes none', async () => {
  const answers = new BatchAnswers(100);
  await answers.take(answer(90));
  expect(await answers.take(async () => ({ ok: false }))).toEqual({ ok: false });
  expect(await answers.take(async () => ({ ok: true, data: null }))).toEqual({ ok: true, data: null });
  await expect(answers.take(() => Promise.reject(new Error('no store')))).rejects.toThrow('no store');
  await expect(answers.take(answer(90))).rejects.toMatchObject(REFUSED);
  let begun = 0;
  const query = async () => {
    begun += 1;
    return { ok: true };
  };
  await expect(answers.take(query)).rejects.toMatchObject(REFUSED);
  expect(begun).toBe(0);
  expect(answers.jsonOf({})).toBeUndefined();
  expect(answers.jsonOf(null)).toBeUndefined();
});

test('ten are done at once', async () => {
  const answers = new BatchAnswers(1_000_000);
  let [running, most] = [0, 0];
  const query = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return { ok: true, data: {} };
  };
  expect(await Promise.all(Array.from({ length: 50 }, () => answers.take(query)))).toHaveLength(50);
  expect(most).toBe(10);
});
