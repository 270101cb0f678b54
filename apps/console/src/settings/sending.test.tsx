import { AgentId, SendPolicy, type UpdateTenantInput } from '@baton/schema';
import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function open(kept: SendPolicy | null, role: 'manager' | 'agent' = 'manager') {
  const rest = { id: 'default', businessHours: null, reopenWithinMs: null };
  const update = vi.fn(({ sendPolicy }: UpdateTenantInput) => ({
    ...rest,
    sendPolicy: SendPolicy.nullish().parse(sendPolicy) ?? null,
  }));
  const answers = {
    session: { get: () => sessionOf(role) },
    tenant: { get: () => ({ ...rest, sendPolicy: kept }), update },
  };
  return { update, ...renderConsole('/settings?section=sending', answers) };
}

describe('sending in Settings', () => {
  it('switches rules on, and says what is wrong', async () => {
    const { user, update } = open(null);
    await user.click(await screen.findByLabelText('No messages at night'));
    await user.click(screen.getByLabelText(/Only within 24 hours/));
    await user.type(screen.getByLabelText('At most'), '1000');
    expect(screen.getByText(/no number from 1 to 100/)).toBeDefined();
    expect(screen.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true);
    await user.clear(screen.getByLabelText('At most'));
    await user.type(screen.getByLabelText('At most'), '3');
    await user.type(screen.getByLabelText('Time zone'), 'America/New_York');
    await user.type(screen.getByLabelText(/A day in each line/), '2026-12-25');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(update).toHaveBeenCalledOnce());
    expect(update.mock.calls[0]?.[0]).toMatchObject({
      sendPolicy: {
        timeZone: 'America/New_York',
        quietHours: { from: '21:00', to: '08:00' },
        windows: { whatsapp: { durationMs: 86_400_000 } },
        runLimit: 3,
        holidays: ['2026-12-25'],
      },
    });
    expect(await screen.findByText('Saved')).toBeDefined();
  });

  it('keeps what the page does not show, and is off when nothing is left', async () => {
    const budgets: SendPolicy['budgets'] = [
      { agentId: AgentId.parse('closer'), tokensPerDay: 5_000, costMicrosPerDay: 2_500_000 },
    ];
    const { user, update } = open({ budgets, quietHours: { from: '22:00', to: '07:00' } });
    expect(await screen.findByText('closer: 5,000 tokens, $2.50')).toBeDefined();
    await user.click(screen.getByLabelText('No messages at night'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(expect.objectContaining({ sendPolicy: { budgets } })),
    );
    cleanup();
    const off = open({ runLimit: 3 });
    await off.user.clear(await screen.findByLabelText('At most'));
    await off.user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(off.update).toHaveBeenCalledWith(expect.objectContaining({ sendPolicy: null })),
    );
  });

  it('shows the rules to those who may not change them', async () => {
    open({ runLimit: 3 }, 'agent');
    expect(await screen.findByDisplayValue('3')).toBeDefined();
    expect(screen.getByText(/needs the right to manage/)).toBeDefined();
  });
});
