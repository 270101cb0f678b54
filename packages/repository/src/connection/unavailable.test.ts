import { Refusal } from '@baton/domain';
import {
  MongoClientClosedError,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoWriteConcernError,
} from 'mongodb';
import { describe, expect, test } from 'vitest';
import { isUnavailable, unavailableRefusal } from './unavailable.ts';

const withCode = (code: string) => Object.assign(new Error(`write ${code}`), { code });
const ofServer = (code: number) => new MongoServerError({ message: 'no', code });
const named = (name: string) => Object.defineProperty(new MongoError('no'), 'name', { value: name });
function labelled(label: string): MongoError {
  const error = new MongoError('no');
  error.addErrorLabel(label);
  return error;
}

describe('MongoDB is unavailable', () => {
  test.each([
    'EPIPE',
    'ECONNRESET',
    'ETIMEDOUT',
    'ERR_STREAM_DESTROYED',
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ])('where a socket breaks with %s, which the driver lets through as it is', (code) =>
    expect(isUnavailable(withCode(code))).toBe(true),
  );

  test.each([6, 50, 64, 89, 91, 189, 262, 9_001, 10_107, 11_600, 11_601, 11_602, 13_435, 13_436])(
    'where the server answers with code %i',
    (code) => expect(isUnavailable(ofServer(code))).toBe(true),
  );

  test.each([
    ['a network error', new MongoNetworkError('connection 3 to 10.0.0.1:27017 closed')],
    ['a timeout of the network', new MongoNetworkTimeoutError('connection timed out')],
    ['a pool that was cleared', named('MongoPoolClearedError')],
    ['no free connection', named('MongoWaitQueueTimeoutError')],
    ['a client that closes', new MongoClientClosedError()],
    ['a label that asks for another try', labelled('RetryableWriteError')],
    [
      'a write that too few members have',
      new MongoWriteConcernError({
        ok: 1,
        writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
      }),
    ],
    ['a bulk write whose connection broke', new MongoServerError(withCode('ECONNRESET'))],
    ['a bulk write that found no connection', new MongoServerError(named('MongoPoolClearedError'))],
    ['a cause', new Error('The feed broke', { cause: new MongoError('no', { cause: withCode('EPIPE') }) })],
    ['one of several errors', new AggregateError([new Error('a'), withCode('ECONNREFUSED')])],
  ])('after %s', (_, error) => expect(isUnavailable(error)).toBe(true));

  test('and its refusal keeps what happened', () => {
    const error = withCode('EPIPE');
    expect(unavailableRefusal(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
  });
});

describe('MongoDB is not unavailable', () => {
  const loop = new Error('again');
  loop.cause = loop;

  test.each([
    ['a document that its validator refuses', ofServer(121)],
    ['a duplicate', ofServer(11_000)],
    ['a command that it does not know', ofServer(59)],
    ['a wrong call of the driver', new MongoInvalidArgumentError('no')],
    ['a mistake of ours', new TypeError('x is not a function')],
    ['a missing file', withCode('ENOENT')],
    ['a refusal, whatever led to it', new Refusal('NOT_FOUND', 'No', undefined, withCode('EPIPE'))],
    ['an error that is its own cause', loop],
    ['what is no error', 'EPIPE'],
  ])('after %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
    expect(unavailableRefusal(error)).toBeNull();
  });
});
