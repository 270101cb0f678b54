import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { conversation, renderConsole } from '../../test/render-console.tsx';

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
