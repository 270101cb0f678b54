import { HandoffId } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BEN, NIGHT_TEAM, RefusedError, renderConsole } from '../../test/render-console.tsx';

import { inHours, petrov, weber, handoff, workAnswers, row } from '../../test/work-answers.ts';

afterEach(cleanup);

describe('a handoff to answer', () => {
  const brief = {
    goal: 'Close on the yearly plan',
    done: ['Qualified'],
    open: ['Contract length'],
    facts: [{ text: 'Loses 40 leads a night', seqs: [2] }],
    nextStep: 'Call before Friday',
  };

  it('shows its brief, and each fact leads to its message', async () => {
    const { user } = renderConsole(
      '/work',
      workAnswers([], [handoff({ brief, stage: 'closing', expiresAt: inHours(3) })]),
    );
    await user.click(await screen.findByText('Brief: Close on the yearly plan'));
    expect(screen.getByText('Call before Friday')).toBeDefined();
    const proof = screen.getByText('Evidence, entry', { exact: false }).closest('a');
    expect(proof?.getAttribute('href')).toMatch(/at=2/);
    expect(screen.getByText('moves to Closing')).toBeDefined();
  });

  it('is accepted by the person and leaves the list', async () => {
    let items = [handoff()];
    const accept = vi.fn(() => {
      items = [];
      return { conversation: petrov, entries: [], handoff: handoff({ status: 'accepted' }) };
    });
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { handoffs: { pending: () => ({ items, nextCursor: null }), accept } }),
    );
    await row('Ana Petrov');
    await user.click(screen.getByRole('button', { name: 'Accept' }));
    expect((await row('Ana Petrov')).getByText('Ended')).toBeDefined();
    await user.hover(document.body);
    expect(await screen.findByText('No handoff waits for an answer.')).toBeDefined();
    expect(accept).toHaveBeenCalledWith(expect.objectContaining({ by: 'ana', handoffId: handoff().id }));
    expect(await screen.findByText('You hold Ana Petrov now.')).toBeDefined();
  });

  it('comes back with the reason where it can no longer be accepted', async () => {
    const accept = () => {
      throw new RefusedError('HANDOFF_NOT_PENDING', 'This handoff expired');
    };
    const { user } = renderConsole('/work', workAnswers([], [handoff()], { handoffs: { accept } }));
    await user.click(await screen.findByRole('button', { name: 'Accept' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Taken back: This handoff expired.');
  });

  it('is declined with a reason', async () => {
    let items = [handoff()];
    const reject = vi.fn(() => {
      items = [];
      return { conversation: petrov, entries: [], handoff: handoff({ status: 'rejected' }) };
    });
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { handoffs: { pending: () => ({ items, nextCursor: null }), reject } }),
    );
    await user.click(await screen.findByRole('button', { name: 'Decline' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText(/^Reason/), 'On leave');
    await user.click(dialog.getByRole('button', { name: 'Decline' }));
    expect(await screen.findByText('No handoff waits for an answer.')).toBeDefined();
    expect(reject).toHaveBeenCalledWith(expect.objectContaining({ reason: 'On leave', by: 'ana' }));
  });

  it('of a queue of hers can be accepted, not declined; of somebody else’s neither', async () => {
    renderConsole(
      '/work',
      workAnswers(
        [],
        [
          handoff({ to: NIGHT_TEAM.id }),
          handoff({ id: HandoffId.parse('d'.repeat(24)), to: BEN.id, conversationId: weber.id }),
        ],
      ),
    );
    const queued = await row('Ana Petrov');
    await waitFor(() => expect(queued.getByRole('button', { name: 'Accept' })).toBeDefined());
    expect(queued.queryByRole('button', { name: 'Decline' })).toBeNull();
    const others = await row('Jonas Weber');
    expect(others.queryByRole('button')).toBeNull();
    expect(others.getByText('Ben Okafor is to answer')).toBeDefined();
  });
});
