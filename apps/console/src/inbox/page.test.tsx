import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { conversation } from '../../test/conversation-factory.ts';
import { renderConsole } from '../../test/render-console.tsx';

const answers = (items: ReturnType<typeof conversation>[]) => ({
  conversations: { list: () => ({ items, nextCursor: null }) },
});

afterEach(cleanup);

test('beside an empty list no key is offered, but what will be seen and how to begin', async () => {
  renderConsole('/inbox', answers([]));
  expect(await screen.findByText('baton simulate')).toBeDefined();
  expect(screen.getByText('Conversations appear here as customers write.')).toBeDefined();
  expect(screen.queryByText('Open a conversation to read it here.')).toBeNull();
});

test('beside a list that its filters empty, nothing is to be begun', async () => {
  renderConsole('/inbox?stage=closing', answers([]));
  expect(await screen.findByText(/^A conversation is read here/)).toBeDefined();
  expect(screen.queryByText('baton simulate')).toBeNull();
});

test('the view All lists conversations of every status', async () => {
  const asked: unknown[] = [];
  const list = ({ status }: { status?: string | undefined }) => {
    asked.push(status);
    return { items: [], nextCursor: null };
  };
  const { user, address } = renderConsole('/inbox', { conversations: { list } });
  await user.click(await screen.findByRole('link', { name: 'All' }));
  await waitFor(() => expect(asked).toEqual(['active', undefined]));
  expect(address()).toBe('/inbox?status=any');
});

test('beside a filled list the keys are named', async () => {
  renderConsole('/inbox', answers([conversation('Ana Petrov')]));
  await waitFor(() => expect(screen.getByText('Open a conversation to read it here.')).toBeDefined());
  expect(screen.queryByText('baton simulate')).toBeNull();
});

test.each([
  ['status', '__proto__'],
  ['stage', 'constructor'],
  ['channel', '__proto__'],
  ['agent', '{}'],
  ['agent', '%7B%22a%22:1%7D'],
  ['tag', '{}'],
  ['contact', '[1]'],
])('an address with %s=%s shows the list without that filter', async (name, value) => {
  const asked: unknown[] = [];
  const list = (input: object) => {
    asked.push(Object.fromEntries(Object.entries(input).filter(([, given]) => given !== undefined)));
    return { items: [], nextCursor: null };
  };
  renderConsole(`/inbox?${name}=${value}`, { conversations: { list } });
  expect(await screen.findByText('Conversations appear here as customers write.')).toBeDefined();
  expect(screen.queryByText(/could not be shown|\[object/)).toBeNull();
  expect(asked[0]).toMatchObject({ status: 'active' });
  expect(asked[0]).not.toHaveProperty(name === 'agent' ? 'agentId' : name === 'status' ? 'none' : name);
});
