import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { conversation } from '../../test/conversation-factory.ts';
import { type Answers, renderConsole } from '../../test/render-console.tsx';

const answers: Answers = {
  conversations: {
    list: ({ contactId }) => ({
      items: contactId === undefined ? [conversation('+49151', 'Mira Holt')] : [],
      nextCursor: null,
    }),
  },
  search: { conversations: () => ({ items: [], nextCursor: null, ignored: [], more: false }) },
};

afterEach(cleanup);

describe('the palette', () => {
  test('searches the messages for what was typed', async () => {
    const { user, address } = renderConsole('/inbox', answers);
    await screen.findByRole('button', { name: /^Do or find anything/ });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox'), 'annual plan');
    await user.click(await screen.findByRole('option', { name: /^Search messages for/ }));
    await waitFor(() => expect(address()).toBe('/search?q=annual+plan'));
    expect((await screen.findByRole<HTMLInputElement>('searchbox')).value).toBe('annual plan');
  });

  test('finds a conversation by the name of its contact', async () => {
    const { user } = renderConsole('/settings', answers);
    await screen.findByRole('button', { name: /^Do or find anything/ });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox'), 'mira');
    expect(await screen.findByRole('option', { name: /Mira Holt/ })).toBeDefined();
  });
});
