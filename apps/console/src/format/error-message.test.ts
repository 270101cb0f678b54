// @vitest-environment node
import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { errorMessage } from './error-message.ts';

const answered = (message: string, baton: object) =>
  new TRPCClientError(message, { result: { error: { message, code: -32_000, data: { baton } } } });

test('a refusal is said in the server’s words, as one sentence', () => {
  expect(errorMessage(answered('Closer holds this conversation', { code: 'NOT_OWNER' }))).toBe(
    'Closer holds this conversation.',
  );
  expect(errorMessage(answered('It has ended.', { code: 'CONVERSATION_CLOSED' }))).toBe('It has ended.');
});

test('a call that another role may make names both roles, and no procedure', () => {
  const details = { role: 'agent', needs: ['import', 'admin'] };
  const message = 'privacy.exportContact is not for the role agent: it takes import or admin';
  expect(errorMessage(answered(message, { code: 'FORBIDDEN', details }))).toBe(
    'Your role, agent, may not do this: it takes import or admin.',
  );
  expect(errorMessage(answered('Acting as Ben: it takes admin', { code: 'FORBIDDEN', details }))).toBe(
    'Acting as Ben: it takes admin.',
  );
});

test('a fault of the server says the id that its log has', () => {
  expect(errorMessage(answered('Internal', { code: 'INTERNAL', errorId: 'abc' }))).toBe(
    'Something went wrong on the server (error abc).',
  );
});

test('a call without an answer says that it was not sent, and a fault of the page what it was', () => {
  expect(errorMessage(new TRPCClientError('Failed to fetch'))).toBe('The server cannot be reached.');
  expect(errorMessage('odd')).toBe('The server cannot be reached.');
  expect(errorMessage(new Error('A follow-up needs a time'))).toBe('A follow-up needs a time');
});
