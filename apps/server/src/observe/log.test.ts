import { describe, expect, test } from 'vitest';
import { createLog, describeError } from './log.ts';

function written(
  write: (log: ReturnType<typeof createLog>) => void,
  level?: string,
): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog({ level }, { write: (line: string) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  test('hides credentials and what people said', () => {
    const [line] = written((log) =>
      log.info({
        req: { headers: { authorization: 'Bearer baton_x', cookie: 'baton_session=x', host: 'a' } },
        apiKey: 'baton_x',
        key: 'baton_x',
        token: 'x',
        text: 'My card is 4111',
        input: { text: 'My card is 4111' },
      }),
    );
    expect(JSON.stringify(line)).not.toMatch(/baton_x|baton_session|4111/);
    expect(line).toMatchObject({
      apiKey: '[hidden]',
      text: '[hidden]',
      req: { headers: { host: 'a', cookie: '[hidden]' } },
    });
  });

  test('says as much as its level tells it to', () => {
    const said = (level?: string) =>
      written((log) => (['debug', 'info', 'error'] as const).forEach((each) => log[each](each)), level).map(
        ({ msg }) => msg,
      );
    expect(said()).toEqual(['info', 'error']);
    expect(said('error')).toEqual(['error']);
  });

  test('goes to standard output where it is told nothing else', () => {
    expect(createLog().level).toBe('info');
  });
});

describe('what the log says of a fault', () => {
  test('is where it happened, and of MongoDB neither words nor values', () => {
    const mongo = Object.assign(new Error('E11000 dup key: { text: "My card is 4111" }'), {
      name: 'MongoServerError',
      code: 11_000,
    });
    const fault = describeError(new Error('Could not write', { cause: mongo }));
    expect(fault).toMatchObject({
      name: 'Error',
      message: 'Could not write',
      cause: { name: 'MongoServerError', code: 11_000 },
    });
    expect(fault['stack']).toEqual(expect.arrayContaining([expect.stringMatching(/^\s*at .*log\.test\.ts/)]));
    expect(JSON.stringify(fault)).not.toContain('4111');
  });

  test('of several is that of each, of the first five', () => {
    const faults = Array.from({ length: 7 }, (_, index) => new RangeError(`Fault ${index}`));
    const { errors } = describeError(new AggregateError(faults, 'Many'));
    expect(errors).toMatchObject(faults.slice(0, 5).map(({ message }) => ({ name: 'RangeError', message })));
    expect(errors).toHaveLength(5);
  });

  test('that is no error is its type', () => {
    expect(describeError('My card is 4111')).toEqual({ name: 'string' });
    expect(describeError(undefined)).toEqual({ name: 'undefined' });
  });

  test('without a stack has none', () => {
    const bare = new Error('x');
    delete bare.stack;
    expect(describeError(bare)).toEqual({ name: 'Error', message: 'x', stack: [] });
  });
});
