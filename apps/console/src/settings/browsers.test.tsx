import { type BrowserSession, SessionId } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(cleanup);

const EARLIER = '2026-11-01T00:00:00.000Z';
const LATER = new Date(Date.now() + 24 * 3_600_000).toISOString();
const browser = (number: number, over: Partial<BrowserSession> = {}): BrowserSession => ({
  id: SessionId.parse(String(number).padStart(24, '0')),
  role: 'manager',
  agentId: ANA.id,
  browser: null,
  subject: null,
  createdAt: EARLIER,
  expiresAt: LATER,
  lastSeenAt: EARLIER,
  ...over,
});
const sessionWith =
  (...may: string[]) =>
  () => ({ ...sessionOf('admin'), may });

describe('the browsers in Settings', () => {
  it('are listed with who is there, and ended one by one', async () => {
    let open = [
      browser(1, { browser: 'Firefox on Linux', subject: 'auth0|ana' }),
      browser(2, { agentId: null, lastSeenAt: null, role: 'viewer' }),
    ];
    const revoke = vi.fn(({ sessionId }: { sessionId: string }): BrowserSession => {
      const ended = open.find(({ id }) => id === sessionId) ?? browser(1);
      open = open.filter((one) => one !== ended);
      return ended;
    });
    const { user } = renderConsole('/settings?section=browsers', {
      session: { get: sessionWith('sessions.list', 'sessions.revoke') },
      sessions: {
        list: ({ cursor }) =>
          cursor === undefined
            ? { items: open, nextCursor: 'more' }
            : { items: [browser(3, { role: 'agent' })], nextCursor: null },
        revoke,
      },
    });
    const rows = within(await screen.findByRole('list', { name: 'Browsers' }));
    await waitFor(() =>
      expect(rows.getAllByRole('listitem')[0]?.textContent).toContain('Ana RuizManagerFirefox on Linux'),
    );
    expect(rows.getAllByRole('listitem')[0]?.textContent).toContain('by your company as auth0|ana');
    expect(rows.getAllByRole('listitem')[1]?.textContent).toMatch(/^Nobody yetViewersigned in .* · ends/);
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(rows.getAllByRole('listitem')).toHaveLength(3));
    await user.click(screen.getByRole('button', { name: 'End the session of Nobody yet' }));
    await waitFor(() => expect(screen.queryByText('Nobody yet')).toBeNull());
    expect(revoke).toHaveBeenCalledWith(expect.objectContaining({ sessionId: browser(2).id }));
  });

  it('say why one could not be ended', async () => {
    const revoke = () => {
      throw new RefusedError('UNAVAILABLE', 'The store is away');
    };
    const { user } = renderConsole('/settings?section=browsers', {
      session: { get: sessionWith('sessions.list', 'sessions.revoke') },
      sessions: { list: () => ({ items: [browser(1)], nextCursor: null }), revoke },
    });
    await user.click(await screen.findByRole('button', { name: /^End the session/ }));
    expect((await screen.findByRole('alert')).textContent).toBe('The store is away.');
  });

  it('say what will be there', async () => {
    renderConsole('/settings?section=browsers', {
      session: { get: sessionWith('sessions.list') },
      sessions: { list: () => ({ items: [], nextCursor: null }) },
    });
    expect(await screen.findByText('No browsers')).toBeDefined();
  });
});
