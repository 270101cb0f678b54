import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

function stream(isTTY?: boolean, columns?: number, takesMore = true) {
  const written: string[] = [];
  const drained = new EventEmitter();
  return Object.assign(drained, {
    written,
    isTTY,
    columns,
    write(text: string): boolean {
      written.push(text);
      return takesMore;
    },
  });
}

test('results go to one stream and remarks to the other', () => {
  const output = stream();
  const errors = stream();
  const terminal = createTerminal(output, errors, {});
  terminal.print('result');
  terminal.printToStderr('remark');
  expect(output.written).toEqual(['result\n']);
  expect(errors.written).toEqual(['remark\n']);
  expect(terminal.width).toBeNull();
  expect(terminal.isInteractive).toBe(false);
});

test('a great many lines wait for an output that takes no more', async () => {
  const output = stream(false, undefined, false);
  const { printBulk } = createTerminal(output, stream(), {});
  let isDone = false;
  const printed = printBulk('line').then(() => (isDone = true));
  await Promise.resolve();
  expect([output.written, isDone]).toEqual([['line\n'], false]);
  output.emit('drain');
  await printed;
  await createTerminal(stream(), stream(), {}).printBulk('at once');
});

test('without streams of its own it is the screen of the process', () => {
  expect(createTerminal().width).toBe(process.stdout.columns ?? null);
});

test('a screen has its own width, and a moving bar makes sense on it', () => {
  expect(createTerminal(stream(true, 180), stream(true), {})).toMatchObject({
    width: 180,
    isInteractive: true,
  });
});

test.each([
  ['a screen is coloured', true, {}, true],
  ['a pipe is not', false, {}, false],
  ['NO_COLOR wins over a screen', true, { NO_COLOR: '1' }, false],
  ['FORCE_COLOR colours a pipe', false, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0 does not', false, { FORCE_COLOR: '0' }, false],
])('%s', (_name, isTTY, env, isColoured) => {
  expect(createTerminal(stream(isTTY), stream(), env).colors.isColorSupported).toBe(isColoured);
});
