import type { ApiKey, CreatedApiKey } from '@baton/schema';
import { ApiKeyId } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const LATER = new Date(Date.now() + 30 * 24 * 3_600_000).toISOString();
const EARLIER = '2026-11-01T00:00:00.000Z';

function apiKey(number: number, over: Partial<ApiKey> = {}): ApiKey {
  return {
    id: ApiKeyId.parse(String(number).padStart(24, '0')),
    name: `Key ${number}`,
    prefix: `baton_00000${number}`,
    role: 'app',
    agentId: null,
    createdAt: EARLIER,
    revokedAt: null,
    expiresAt: null,
    lastUsedAt: null,
    previousUntil: null,
    ...over,
  };
}

const session = () => ({ ...sessionOf('admin'), may: ['apiKeys.list'] });
const SECRET = 'baton_000001_secret';

function openKeys(apiKeys: Parameters<typeof renderConsole>[1]['apiKeys']) {
  return renderConsole('/settings?section=keys', { session: { get: session }, apiKeys });
}

const listOf =
  (...items: ApiKey[]) =>
  () => ({ items, nextCursor: null });

describe('the keys in Settings', () => {
  it('are listed with what they may do and when they were used', async () => {
    const list = vi.fn(({ cursor }: { cursor?: string | undefined }) =>
      cursor === undefined
        ? {
            items: [
              apiKey(1, { role: 'agent', agentId: ANA.id, lastUsedAt: EARLIER, expiresAt: LATER }),
              apiKey(2, { previousUntil: LATER }),
            ],
            nextCursor: 'more',
          }
        : {
            items: [apiKey(3, { revokedAt: EARLIER }), apiKey(4, { expiresAt: EARLIER })],
            nextCursor: null,
          },
    );
    const { user } = openKeys({ list });
    const rows = within(await screen.findByRole('list', { name: 'API keys' }));
    await waitFor(() => expect(rows.getAllByRole('listitem')[0]?.textContent).toContain('as Ana Ruiz'));
    expect(rows.getAllByRole('listitem')[0]?.textContent).toMatch(/Key 1Agent.*used .* · expires /);
    expect(rows.getAllByRole('listitem')[1]?.textContent).toMatch(/not used yet.*the secret before works/);
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(rows.getAllByRole('listitem')).toHaveLength(4));
    expect(rows.getAllByRole('listitem')[2]?.textContent).toContain('revoked');
    expect(rows.getAllByRole('listitem')[3]?.textContent).toContain('expired');
    expect(screen.queryByRole('button', { name: 'Revoke Key 3' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Revoke Key 4' })).toBeNull();
  });

  it('are made with a role, an agent and an end, and show their secret once', async () => {
    const create = vi.fn((): CreatedApiKey => ({ ...apiKey(1, { name: 'Desk' }), key: SECRET }));
    const { user } = openKeys({ list: listOf(), create });
    await screen.findByText('No keys yet');
    await user.click(screen.getByRole('button', { name: 'Make a key' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Make an API key' }));
    await user.click(dialog.getByRole('button', { name: 'Make the key' }));
    expect(dialog.getByText('Give it a name, by which you know it later')).toBeDefined();
    await user.type(dialog.getByLabelText('Name'), 'Desk');
    await user.click(dialog.getByRole('combobox', { name: 'Role: App' }));
    await user.click(await screen.findByRole('option', { name: /^Agent/ }));
    await user.click(dialog.getByRole('button', { name: 'Make the key' }));
    expect(dialog.getByText('Choose the agent that it speaks for')).toBeDefined();
    await user.click(dialog.getByRole('combobox', { name: /^Speaks for/ }));
    await user.click(await screen.findByRole('option', { name: 'Ana Ruiz' }));
    await user.click(dialog.getByRole('combobox', { name: 'Expires: Never' }));
    await user.click(await screen.findByRole('option', { name: 'In 30 days' }));
    await user.click(dialog.getByRole('button', { name: 'Make the key' }));
    const secret = await screen.findByLabelText('The secret of Desk. It is shown here and never again.');
    expect(secret).toHaveProperty('value', SECRET);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ name: 'Desk', role: 'agent', agentId: 'ana', expiresAt: expect.any(String) }),
    );
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe(SECRET);
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(screen.queryByLabelText(/^The secret of/)).toBeNull();
  });

  it('keep the form open where the server refuses, and say why', async () => {
    const create = () => {
      throw new RefusedError('FORBIDDEN', 'A key may do no more than its maker');
    };
    const { user } = openKeys({ list: listOf(), create });
    await user.click(await screen.findByRole('button', { name: 'Make a key' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'Desk');
    await user.click(dialog.getByRole('button', { name: 'Make the key' }));
    expect((await dialog.findByRole('alert')).textContent).toBe('A key may do no more than its maker.');
    expect(dialog.getByLabelText('Name')).toHaveProperty('value', 'Desk');
  });

  it('get a new secret while the one before works for a time', async () => {
    const rotate = vi.fn((): CreatedApiKey => ({ ...apiKey(1), key: null }));
    const { user } = openKeys({ list: listOf(apiKey(1)), rotate });
    await user.click(await screen.findByRole('button', { name: 'New secret for Key 1' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'A new secret for Key 1' }));
    await user.click(dialog.getByRole('combobox', { name: 'The present secret: Works for a day' }));
    await user.click(await screen.findByRole('option', { name: 'Works for an hour' }));
    await user.click(dialog.getByRole('button', { name: 'Make a new secret' }));
    expect(
      await screen.findByText('The secret of Key 1 was shown before, and is kept nowhere.'),
    ).toBeDefined();
    expect(rotate).toHaveBeenCalledWith(
      expect.objectContaining({ keyId: apiKey(1).id, overlapMs: 3_600_000 }),
    );
  });

  it('are revoked once that is said again', async () => {
    let revokedAt: string | null = null;
    const revoke = vi.fn((): ApiKey => apiKey(1, { revokedAt: (revokedAt = EARLIER) }));
    const { user } = openKeys({
      list: () => ({ items: [apiKey(1, { revokedAt })], nextCursor: null }),
      revoke,
    });
    await user.click(await screen.findByRole('button', { name: 'Revoke Key 1' }));
    await user.click(await screen.findByRole('button', { name: 'Back' }));
    expect(revoke).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Revoke Key 1' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke it' }));
    await screen.findByText(/revoked/);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(revoke).toHaveBeenCalledWith(expect.objectContaining({ keyId: apiKey(1).id }));
  });
});
