import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callWithin, linkedSignal } from './bounded-call.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new AbortController().signal;
const unanswered = () => new Promise<never>(() => undefined);

test('a call that is answered in time gives its answer, and leaves no timer', async () => {
  expect(await callWithin(1_000, never(), async () => 'yes')).toBe('yes');
  expect(vi.getTimerCount()).toBe(0);
});

test('a call that fails says why', async () => {
  const failing = callWithin(1_000, never(), () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
});

test('a call that is not answered ends in time, and its signal is aborted', async () => {
  let signal: AbortSignal | undefined;
  const call = callWithin(1_000, never(), (own) => {
    signal = own;
    return unanswered();
  });
  const failed = expect(call).rejects.toThrow('No answer came within 1000 ms');
  await vi.advanceTimersByTimeAsync(999);
  expect(signal?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await failed;
  expect(signal?.aborted).toBe(true);
});

test('a call ends with its signal, and is not made where that is aborted already', async () => {
  const controller = new AbortController();
  const call = callWithin(1_000, controller.signal, unanswered);
  controller.abort(new Error('Stopped'));
  await expect(call).rejects.toThrow('Stopped');
  const made = vi.fn(unanswered);
  await expect(callWithin(1_000, controller.signal, made)).rejects.toThrow('Stopped');
  expect(made).not.toHaveBeenCalled();
});

test('a linked signal that has ended follows its sources no more', () => {
  const controller = new AbortController();
  const [followed, ended] = [linkedSignal(never(), controller.signal), linkedSignal(controller.signal)];
  ended.end();
  controller.abort('why');
  expect(followed.signal.reason).toBe('why');
  expect(ended.signal.aborted).toBe(false);
});
