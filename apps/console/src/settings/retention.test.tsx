import { ConversationId, type Retention } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';
import { lookAgainAfter } from './use-retention.ts';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const EARLIER = '2026-11-01T00:00:00.000Z';
const OFF: Retention = { days: null, changedAt: null, changedBy: null, left: null, run: null, nextAt: null };
const BY = { kind: 'session' as const, id: 'b'.repeat(24), agentId: ANA.id };
const ON: Retention = {
  days: 90,
  changedAt: EARLIER,
  changedBy: BY,
  left: { before: EARLIER, conversations: 3, contacts: 1, complete: true },
  run: {
    startedAt: EARLIER,
    finishedAt: null,
    before: EARLIER,
    conversations: 5,
    contacts: 2,
    failed: 1,
    lastError: { at: EARLIER, code: 'UNREADABLE', conversationId: ConversationId.parse('c'.repeat(24)) },
  },
  nextAt: null,
};

type Privacy = Parameters<typeof renderConsole>[1]['privacy'];
function openRetention(privacy: Privacy, may = ['privacy.retention', 'privacy.setRetention']) {
  return renderConsole('/settings?section=retention', {
    session: { get: () => ({ ...sessionOf('admin'), may }) },
    privacy,
  });
}

describe('retention in Settings', () => {
  it('is off until a limit is saved, after what it erases was shown', async () => {
    let kept = OFF;
    const previewRetention = vi.fn(({ days }: { days: number }) => ({
      before: EARLIER,
      conversations: days,
      contacts: 1,
      complete: false,
    }));
    const setRetention = vi.fn(({ days }: { days: number | null }) => {
      kept = { ...OFF, days, changedAt: EARLIER, changedBy: BY };
      return { days, changedAt: EARLIER, changedBy: BY };
    });
    const { user } = openRetention({ retention: () => kept, previewRetention, setRetention });
    expect(await screen.findByText(/^Everything is kept/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Erase what is old' }));
    const field = screen.getByLabelText('Days without a change');
    const show = screen.getByRole('button', { name: 'Show what it erases' });
    await user.clear(field);
    await user.type(field, '0');
    expect(screen.getByText('A whole number from 1 to 36,500')).toBeDefined();
    expect(show).toHaveProperty('disabled', true);
    await user.clear(field);
    await user.type(field, '30{Enter}');
    const dialog = within(await screen.findByRole('dialog', { name: 'Erase after 30 days?' }));
    expect(await dialog.findByText('at least 30 conversations and 1 contact')).toBeDefined();
    expect(setRetention).not.toHaveBeenCalled();
    await user.click(dialog.getByRole('button', { name: 'Erase after 30 days' }));
    expect(await screen.findByText('None yet: servers begin within seconds.')).toBeDefined();
    expect(setRetention.mock.calls[0]?.[0]).toMatchObject({ days: 30 });
    await waitFor(() => expect(screen.getByText('Ana Ruiz', { selector: 'b' })).toBeDefined());
    await user.click(screen.getByRole('button', { name: 'Keep everything again' }));
    expect(await screen.findByText(/^Everything is kept/)).toBeDefined();
    expect(setRetention).toHaveBeenLastCalledWith(expect.objectContaining({ days: null }));
  });

  it('says how far it is, and what could not be erased', async () => {
    openRetention({ retention: () => ON });
    const progress = await screen.findByRole('progressbar', { name: 'How much is erased' });
    expect(progress).toMatchObject({ value: 5, max: 8 });
    expect(screen.getByText('Erasing: 5 conversations and 2 contacts so far')).toBeDefined();
    expect(screen.getByText('3 conversations and 1 contact')).toBeDefined();
    expect(screen.getByText(/^1 conversation could not be erased/)).toBeDefined();
    expect(screen.getByRole('link', { name: 'in this conversation' }).getAttribute('href')).toBe(
      `/inbox/${'c'.repeat(24)}`,
    );
  });

  it('says what the last run erased, and when the next one is', async () => {
    const run = ON.run && { ...ON.run, finishedAt: EARLIER, failed: 0, lastError: null };
    const left = ON.left && { ...ON.left, conversations: 0, contacts: 0 };
    openRetention({ retention: () => ({ ...ON, left, run, nextAt: '2030-01-01T00:00:00.000Z' }) });
    expect(await screen.findByText('Erased 5 conversations and 2 contacts')).toBeDefined();
    expect(screen.getByText('Nothing')).toBeDefined();
    expect(screen.getByText('The next run')).toBeDefined();
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  it('keeps a limit that was not saved, and says why', async () => {
    let isAway = true;
    const { user } = openRetention({
      retention: () => ON,
      previewRetention: () => {
        if (isAway) throw new RefusedError('UNAVAILABLE', 'The store is away');
        return { before: EARLIER, conversations: 0, contacts: 0, complete: true };
      },
      setRetention: () => {
        throw new RefusedError('FORBIDDEN', 'privacy.setRetention is not for the role agent');
      },
    });
    const field = await screen.findByLabelText('Days without a change');
    await user.clear(field);
    await user.type(field, '1{Enter}');
    const dialog = within(await screen.findByRole('dialog', { name: 'Erase after 1 day?' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('The store is away.');
    expect(dialog.getByRole('button', { name: 'Erase after 1 day' })).toHaveProperty('disabled', true);
    isAway = false;
    await user.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(await dialog.findByText(/^Nothing is that old now/)).toBeDefined();
    await user.click(dialog.getByRole('button', { name: 'Erase after 1 day' }));
    expect((await dialog.findByRole('alert')).textContent).toMatch(
      /^Not saved\. .*not for the role agent\.$/,
    );
    await user.click(dialog.getByRole('button', { name: 'Back' }));
    await user.click(screen.getByRole('button', { name: 'Discard changes' }));
    expect(field).toHaveProperty('value', '90');
  });

  it('is not offered to a role that may not, nor shown at its address', async () => {
    openRetention({}, ['agents.update']);
    await screen.findByText('Your role does not open this part of the settings.');
    expect(screen.queryByRole('link', { name: 'Retention' })).toBeNull();
  });

  it('says why it cannot be read', async () => {
    const retention = () => {
      throw new RefusedError('UNAVAILABLE', 'The store is away');
    };
    openRetention({ retention });
    expect((await screen.findByRole('alert')).textContent).toBe('The store is away.');
  });
});

it('looks again soon while a run goes on or is due, and seldom otherwise', () => {
  const now = Date.parse(EARLIER);
  const finished = ON.run && { ...ON.run, finishedAt: EARLIER };
  const after = (over: Partial<Retention>) => lookAgainAfter({ ...ON, ...over }, now);
  expect([after({}), after({ run: null }), after({ run: finished, nextAt: EARLIER })]).toEqual([
    2_000, 2_000, 2_000,
  ]);
  expect([
    after({ run: finished }),
    after({ days: null }),
    lookAgainAfter(undefined, now),
    after({ run: finished, nextAt: '2030-01-01T00:00:00.000Z' }),
  ]).toEqual([60_000, 60_000, 60_000, 60_000]);
});
