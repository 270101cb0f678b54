import type { ConversationHit, MessageHit } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { conversation } from '../../test/conversation-factory.ts';
import { type Answers, RefusedError, renderConsole } from '../../test/render-console.tsx';

const petrov = conversation('Ana Petrov');
const weber = conversation('Jonas Weber');

function hit(text: string, word: string, of = petrov, seq = 4): MessageHit {
  const start = text.indexOf(word);
  return {
    message: {
      conversationId: of.id,
      seq,
      version: seq,
      at: '2026-11-20T09:00:00.000Z',
      actor: { kind: 'customer' },
      kind: 'message',
      clientMessageId: `m${seq}`,
      author: { kind: 'customer' },
      text,
      visibility: 'public',
      redactedAt: null,
    },
    score: 1,
    highlights: [{ start, end: start + word.length }],
  };
}

const conversationHit = (best: MessageHit, of = petrov, matches = 1): ConversationHit => ({
  conversation: of,
  score: 1,
  matches,
  best,
});

const lastPage = { nextCursor: null, ignored: [], more: false };

function searchAnswers(over: Answers['search'] = {}): Answers {
  return {
    search: {
      conversations: () => ({
        items: [
          conversationHit(hit('What is the price?', 'price'), petrov, 3),
          conversationHit(hit('Your prices', 'prices', weber, 9), weber),
        ],
        ...lastPage,
      }),
      messages: () => ({ items: [hit('What is the price?', 'price')], ...lastPage }),
      ...over,
    },
    conversations: { get: () => petrov },
  };
}

const field = () => screen.findByRole('searchbox', { name: 'Search everything that was said' });

afterEach(cleanup);

describe('the place Search', () => {
  it('says what can be found before anybody asks, and asks the server nothing', async () => {
    const conversations = vi.fn(() => ({ items: [], ...lastPage }));
    renderConsole('/search', searchAnswers({ conversations }));
    expect(await screen.findByText('Find anything that was ever said.')).toBeDefined();
    expect(document.activeElement).toBe(await field());
    expect(conversations).not.toHaveBeenCalled();
  });

  it('searches what is typed once the typing rests, and keeps it in the address', async () => {
    const conversations = vi.fn(
      searchAnswers().search?.conversations ?? (() => ({ items: [], ...lastPage })),
    );
    const { user, address } = renderConsole('/search', searchAnswers({ conversations }));
    await user.type(await field(), 'price');
    const first = await screen.findByRole('link', { name: 'Ana Petrov' });
    expect(address()).toBe('/search?q=price');
    expect(conversations).toHaveBeenCalledOnce();
    expect(screen.getByText('price').tagName).toBe('MARK');
    expect(first.getAttribute('href')).toBe(`/inbox/${petrov.id}?status=any&at=4`);
  });

  it('goes from the words into the results and back by the arrows', async () => {
    const { user } = renderConsole('/search?q=price', searchAnswers());
    const first = await screen.findByRole('link', { name: 'Ana Petrov' });
    const second = screen.getByRole('link', { name: 'Jonas Weber' });
    (await field()).focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(first);
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(second);
    await user.keyboard('k');
    expect(document.activeElement).toBe(first);
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toBe(await field());
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toBe(await field());
    await user.keyboard('{ArrowDown}/');
    expect(document.activeElement).toBe(await field());
  });

  it('leads from a conversation to all its messages that match', async () => {
    const messages = vi.fn(() => ({ items: [hit('What is the price?', 'price')], ...lastPage }));
    const { user, address } = renderConsole('/search?q=price', searchAnswers({ messages }));
    await user.click(await screen.findByRole('link', { name: '3 messages match' }));
    expect(await screen.findByRole('button', { name: 'In one conversation only' })).toBeDefined();
    expect(messages).toHaveBeenCalledWith(
      expect.objectContaining({ text: 'price', conversationId: petrov.id }),
    );
    await user.click(screen.getByRole('button', { name: 'In one conversation only' }));
    await waitFor(() => expect(address()).toBe('/search?q=price&in=messages'));
  });

  it('narrows by stage, status and owner', async () => {
    const conversations = vi.fn(() => ({ items: [], ...lastPage }));
    const { user, address } = renderConsole('/search?q=price', searchAnswers({ conversations }));
    const choose = async (label: string, option: string) => {
      await user.click(await screen.findByRole('combobox', { name: new RegExp(`^${label}`) }));
      await user.click(await screen.findByRole('option', { name: option }));
    };
    await choose('Stage', 'Closing');
    await choose('Status', 'Completed');
    await choose('Owner', 'Closer');
    await waitFor(() =>
      expect(conversations).toHaveBeenLastCalledWith(
        expect.objectContaining({ text: 'price', stage: 'closing', status: 'completed', agentId: 'closer' }),
      ),
    );
    expect(address()).toBe('/search?q=price&stage=closing&status=completed&agent=closer');
    expect(
      await screen.findByText('Nothing that was said matches “price” within these filters.'),
    ).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Search without filters' }));
    await waitFor(() => expect(address()).toBe('/search?q=price'));
  });

  it('searches message by message, by who said it', async () => {
    const messages = vi.fn(() => ({ items: [hit('What is the price?', 'price')], ...lastPage }));
    const { user, address } = renderConsole('/search?q=price', searchAnswers({ messages }));
    await user.click(await screen.findByRole('radio', { name: 'Messages' }));
    await user.click(await screen.findByRole('combobox', { name: /^Author/ }));
    await user.click(await screen.findByRole('option', { name: 'Said by customers' }));
    await waitFor(() =>
      expect(messages).toHaveBeenLastCalledWith(expect.objectContaining({ author: 'customer' })),
    );
    expect(address()).toBe('/search?q=price&in=messages&author=customer');
    expect(await screen.findByRole('link', { name: 'Ana Petrov' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(address()).toBe('/search?q=price&in=messages'));
  });

  it('says so where nothing matches, and why where it cannot search', async () => {
    renderConsole('/search?q=zzz', searchAnswers({ conversations: () => ({ items: [], ...lastPage }) }));
    expect(await screen.findByText('Nothing that was said matches “zzz”.')).toBeDefined();
    cleanup();
    const refuse = () => {
      throw new RefusedError('UNAVAILABLE', 'The search took too long');
    };
    renderConsole('/search?q=zzz', searchAnswers({ conversations: refuse }));
    expect(await screen.findByText('The search took too long.')).toBeDefined();
  });

  it('names the words that were not looked for, and says where only some messages were ranked', async () => {
    const nothing = { items: [], nextCursor: null, ignored: ['the', 'no'], more: false };
    renderConsole('/search?q=the no', searchAnswers({ conversations: () => nothing }));
    expect(await screen.findByText('Not looked for: “the”, “no”.')).toBeDefined();
    cleanup();
    const some = { items: [conversationHit(hit('price', 'price'))], ...lastPage, more: true };
    renderConsole('/search?q=price', searchAnswers({ conversations: () => some }));
    expect(await screen.findByText(/^More messages match than could be ranked/)).toBeDefined();
  });

  it('shows more of the best when it is asked to', async () => {
    const page = (name: string, of: typeof petrov, nextCursor: string | null) => ({
      items: [conversationHit(hit(name, name, of), of)],
      nextCursor,
      ignored: [],
      more: false,
    });
    const { user } = renderConsole(
      '/search?q=price',
      searchAnswers({
        conversations: ({ cursor }) =>
          cursor === undefined ? page('price', petrov, 'more') : page('prices', weber, null),
      }),
    );
    expect(await screen.findByText('The 1 best conversation')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('2 conversations')).toBeDefined();
  });

  it('clears the words', async () => {
    const { user, address } = renderConsole('/search?q=price', searchAnswers());
    await screen.findByRole('link', { name: 'Ana Petrov' });
    await user.click(screen.getByRole('button', { name: 'Clear the words' }));
    await waitFor(() => expect(address()).toBe('/search'));
    expect(within(await screen.findByRole('main')).queryByRole('list')).toBeNull();
  });

  it('follows back and forward', async () => {
    const { user } = renderConsole('/search?q=price', searchAnswers());
    const input = await field();
    await user.clear(input);
    await user.type(input, 'prices');
    await waitFor(() => expect(location.search).toBe('?q=prices'));
    history.back();
    await waitFor(() => expect(location.search).not.toBe('?q=prices'));
  });
});
