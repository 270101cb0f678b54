import type { AuditRecord } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, CLOSER, RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the audit log in Settings', () => {
  const record = (over: Partial<AuditRecord>): AuditRecord => ({
    id: 'a'.repeat(24),
    at: '2026-11-01T00:00:00.000Z',
    action: 'agents.update',
    actor: { kind: 'session', id: 'b'.repeat(24), agentId: ANA.id },
    target: CLOSER.id,
    details: {},
    ...over,
  });
  const asAdmin = () => {
    const session = sessionOf('admin');
    return { ...session, may: [...session.may, 'admin.audit'] };
  };

  it('says who did what to whom, page by page', async () => {
    const conversationId = 'c'.repeat(24);
    const audit = vi.fn(({ cursor }: { cursor?: string }) =>
      cursor === undefined
        ? {
            items: [
              record({}),
              record({
                id: 'd'.repeat(24),
                action: 'conversations.force',
                actor: { kind: 'key', id: 'e'.repeat(24), agentId: null },
                target: conversationId,
                details: {
                  command: 'stages.transition',
                  reason: null,
                  agentId: 'ben',
                  keyId: 'e'.repeat(24),
                },
              }),
            ],
            nextCursor: 'more',
          }
        : {
            items: [
              record({ id: 'f'.repeat(24), action: 'later.act', target: null }),
              record({ id: '1'.repeat(24), actor: { kind: 'operator', id: 'root', agentId: null } }),
            ],
            nextCursor: null,
          },
    );
    const { user } = renderConsole('/settings?section=audit', {
      session: { get: asAdmin },
      admin: { audit },
    });
    const rows = within(await screen.findByRole('list', { name: 'Audit log' }));
    await waitFor(() => expect(rows.getAllByRole('listitem')[0]?.textContent).toContain('Ana Ruiz'));
    const [changed, forced] = rows.getAllByRole('listitem');
    expect(changed?.textContent).toContain('Changed an agent Closer');
    expect(forced?.textContent).toContain(`API key …${'e'.repeat(6)}Forced a move in this conversation`);
    expect(forced?.textContent).toMatch(/command stages\.transition, as Ben Okafor$/);
    expect(
      within(forced as HTMLElement)
        .getByRole('link')
        .getAttribute('href'),
    ).toBe(`/inbox/${conversationId}`);
    await user.click(screen.getByRole('button', { name: 'Show earlier' }));
    await waitFor(() => expect(rows.getAllByRole('listitem')).toHaveLength(4));
    expect(rows.getAllByRole('listitem')[2]?.textContent).toContain('later.act');
    expect(rows.getAllByRole('listitem')[3]?.textContent).toContain('Operator root');
    expect(screen.queryByRole('button', { name: 'Show earlier' })).toBeNull();
  });

  it('shows one kind alone, and says where there is nothing', async () => {
    const audit = vi.fn(() => ({ items: [], nextCursor: null }));
    const { user, address } = renderConsole('/settings?section=audit', {
      session: { get: asAdmin },
      admin: { audit },
    });
    await screen.findByText('Nothing yet');
    await user.click(screen.getByRole('combobox', { name: 'Show: Everything' }));
    await user.click(await screen.findByRole('option', { name: 'Signed in' }));
    await waitFor(() => expect(address()).toBe('/settings?section=audit&action=session.signIn'));
    await waitFor(() =>
      expect(audit).toHaveBeenLastCalledWith(expect.objectContaining({ action: 'session.signIn' })),
    );
  });

  it('is not offered to a role that may not read it, nor shown at its address', async () => {
    renderConsole('/settings?section=audit', { session: { get: () => sessionOf('manager') } });
    await screen.findByText('Your role does not open this part of the settings.');
    expect(screen.queryByRole('link', { name: 'Audit log' })).toBeNull();
  });

  it('says why it cannot be read', async () => {
    const audit = () => {
      throw new RefusedError('UNAVAILABLE', 'The store is away');
    };
    renderConsole('/settings?section=audit', { session: { get: asAdmin }, admin: { audit } });
    expect((await screen.findByRole('alert')).textContent).toBe('The store is away.');
  });
});
