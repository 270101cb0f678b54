import { type Entry, type FollowUp, timestamp } from '@baton/schema';
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { agent, BEN, CLOSER, RefusedError, renderConsole } from '../../test/render-console.tsx';

import {
  HOUR,
  inHours,
  petrov,
  weber,
  due,
  workAnswers,
  followUpChange,
  row,
} from '../../test/work-answers.ts';

afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

describe('the place Work', () => {
  it('shows what is late first, each follow-up leading to its conversation', async () => {
    renderConsole(
      '/work',
      workAnswers([
        due(inHours(240), {
          conversationId: weber.id,
          type: 'close_attempt',
          assignee: BEN.id,
          priority: 'high',
        }),
        due(inHours(-2.5), {
          conversationId: petrov.id,
          context: 'Send the offer',
          attempts: 1,
          lastError: 'No answer',
        }),
      ]),
    );
    const late = await row('Ana Petrov');
    expect(screen.getAllByRole('heading', { level: 3 })[0]?.textContent).toMatch(/^Overdue/);
    expect(late.getByText('2 hours ago')).toBeDefined();
    expect(late.getByText('Nurture · Send the offer · Attempt 1 of 3 failed: No answer')).toBeDefined();
    expect(late.getByText('Nobody yet')).toBeDefined();
    expect(late.getByRole('link').getAttribute('href')).toMatch(new RegExp(`^/inbox/${petrov.id}`));
    const later = await row('Jonas Weber');
    expect(later.getByText('High')).toBeDefined();
    expect(later.getByText('Ben Okafor')).toBeDefined();
  });

  it('groups by assignee where the address says so, and asks for one agent’s work alone', async () => {
    const list = vi.fn(() => ({
      items: [due(inHours(3), { assignee: BEN.id }), due(inHours(3))],
      nextCursor: null,
    }));
    const { user, address } = renderConsole('/work?of=ben', workAnswers([], [], { followUps: { list } }));
    await screen.findAllByText('Ana Petrov');
    expect(list).toHaveBeenCalledWith(expect.objectContaining({ assignee: 'ben', status: 'open' }));
    await user.click(screen.getByRole('radio', { name: 'By assignee' }));
    await waitFor(() => {
      expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
        'Ben Okafor1',
        'Nobody1',
      ]);
    });
    expect(address()).toBe('/work?of=ben&by=assignee');
  });

  it('snoozes from the row at once, by the wall clock', async () => {
    const late = due(inHours(-2));
    const snooze = vi.fn(() => followUpChange({ ...late, dueAt: inHours(1) }));
    let stored = late;
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { followUps: { list: () => ({ items: [stored], nextCursor: null }), snooze } }),
    );
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Snooze' }));
    stored = { ...late, dueAt: inHours(24) };
    await user.click(await screen.findByRole('menuitem', { name: /^Tomorrow/ }));
    await user.hover(document.body);
    await waitFor(() => expect(screen.queryByText(/^Overdue/)).toBeNull());
    expect(snooze).toHaveBeenCalledWith(
      expect.objectContaining({
        followUpId: late.id,
        by: 'ana',
        until: expect.objectContaining({ localTime: expect.stringMatching(/T09:00$/) }),
      }),
    );
  });

  it('snoozes until any other time, but not until one that has passed', async () => {
    const late = due(inHours(-2));
    const snooze = vi.fn(() => followUpChange(late));
    const { user } = renderConsole('/work', workAnswers([late], [], { followUps: { snooze } }));
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Snooze' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Another time …' }));
    const field = await screen.findByLabelText(/^Time in/);
    await user.clear(field);
    await user.type(field, '2020-01-01T09:00');
    expect(screen.getByText('This time has passed')).toBeDefined();
    await user.clear(field);
    await user.type(field, '2099-01-01T09:00');
    await user.click(screen.getByRole('button', { name: 'Put off' }));
    await waitFor(() => expect(snooze).toHaveBeenCalledOnce());
    expect(snooze).toHaveBeenCalledWith(
      expect.objectContaining({ until: { localTime: '2099-01-01T09:00', timeZone: expect.any(String) } }),
    );
  });

  it('snoozes, and snoozes back to when it was due where that is undone', async () => {
    const later = due(inHours(30));
    const snooze = vi.fn(() => followUpChange(later));
    const { user, address } = renderConsole('/work', workAnswers([later], [], { followUps: { snooze } }));
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Snooze' }));
    await user.click(await screen.findByRole('menuitem', { name: 'In an hour' }));
    await screen.findByText('Follow-up snoozed.');
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(snooze).toHaveBeenCalledTimes(2));
    expect(snooze).toHaveBeenLastCalledWith(
      expect.objectContaining({ followUpId: later.id, until: later.dueAt, by: 'ana' }),
    );

    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Snooze' }));
    await user.click(await screen.findByRole('menuitem', { name: /^Tomorrow/ }));
    await user.click(await screen.findByRole('button', { name: 'Open' }));
    await waitFor(() => expect(address()).toBe(`/inbox/${petrov.id}?status=any`));
  });

  it('forgets old errors once the server is there again', async () => {
    const cancel = () => {
      throw new RefusedError('UNAVAILABLE', 'The database is away');
    };
    const { user, dropFeed } = renderConsole(
      '/work',
      workAnswers([due(inHours(-2))], [], { followUps: { cancel } }),
    );
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Cancel the follow-up' }));
    await screen.findByText('Taken back: The database is away.');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    dropFeed();
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(screen.queryByText('Taken back: The database is away.')).toBeNull();
    vi.useRealTimers();
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Cancel the follow-up' }));
    await screen.findByText('Taken back: The database is away.');
    act(() => void dispatchEvent(new Event('online')));
    expect(screen.queryByText('Taken back: The database is away.')).toBeNull();
    expect(screen.getByRole('link', { name: 'Ana Petrov' })).toBeDefined();
  });

  it('is done from the row, under a lease of its own', async () => {
    const later = due(inHours(30));
    let items: FollowUp[] = [later];
    const claim = vi.fn(() => [{ followUp: later, attempt: 1, leaseToken: 'lease', leaseUntil: inHours(1) }]);
    const complete = vi.fn(() => {
      items = [];
      return followUpChange({ ...later, status: 'completed' });
    });
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { followUps: { list: () => ({ items, nextCursor: null }), claim, complete } }),
    );
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Done' }));
    await user.hover(document.body);
    expect(await screen.findByText('No follow-up is open.')).toBeDefined();
    expect(claim).toHaveBeenCalledWith(expect.objectContaining({ followUpId: later.id }));
    expect(complete).toHaveBeenCalledWith(
      expect.objectContaining({ followUpId: later.id, leaseToken: 'lease', by: 'ana' }),
    );
    expect(await screen.findByText('Follow-up done.')).toBeDefined();
  });

  it('keeps its rows in place under the pointer, whoever ends or moves them', async () => {
    const late = due(inHours(-3), { assignee: BEN.id });
    const next = due(inHours(-2), { conversationId: weber.id, assignee: BEN.id });
    let items: FollowUp[] = [late, next];
    const complete = () => {
      items = [{ ...next, dueAt: inHours(50) }];
      return followUpChange({ ...late, status: 'completed' });
    };
    const claim = () => [{ followUp: late, attempt: 1, leaseToken: 'lease', leaseUntil: inHours(1) }];
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { followUps: { list: () => ({ items, nextCursor: null }), claim, complete } }),
    );
    const overdue = within(await screen.findByRole('region', { name: 'Overdue' }));
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Done' }));
    await overdue.findByText('in 2 days');
    expect(overdue.getAllByRole('listitem').map((item) => item.hasAttribute('inert'))).toEqual([true, false]);
    expect((await row('Ana Petrov')).getByText('Ended')).toBeDefined();
    await user.hover(document.body);
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Overdue' })).toBeNull());
    expect(screen.queryByRole('link', { name: 'Ana Petrov' })).toBeNull();
    expect(await row('Jonas Weber')).toBeDefined();
  });

  it('stays where an agent has it in hand, and says so', async () => {
    const { user } = renderConsole(
      '/work',
      workAnswers([due(inHours(-2))], [], { followUps: { claim: () => [] } }),
    );
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Done' }));
    expect((await screen.findByRole('alert')).textContent).toBe(
      'Taken back: It is done already, or an agent is doing it right now.',
    );
  });

  it('shows those that were given up with what went wrong, and schedules one again for now', async () => {
    const dead = due(inHours(-50), {
      status: 'dead',
      attempts: 3,
      lastError: 'Mailbox full',
      endedAt: inHours(-2),
      assignee: BEN.id,
    });
    const list = vi.fn(() => ({ items: [dead], nextCursor: null }));
    const schedule = vi.fn((_input: { dueAt: unknown }) => followUpChange(dead));
    const { user, address } = renderConsole('/work', workAnswers([], [], { followUps: { list, schedule } }));
    await user.click(await screen.findByRole('radio', { name: 'Given up' }));
    expect(address()).toBe('/work?by=given-up');
    await screen.findByText('3 attempts failed, at last: Mailbox full');
    expect(list).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'dead' }));
    await user.click(screen.getByRole('button', { name: 'Schedule again' }));
    expect(await screen.findByText('Scheduled again.')).toBeDefined();
    const asked = String(schedule.mock.calls[0]?.[0].dueAt);
    expect(Math.abs(Date.now() - Date.parse(asked))).toBeLessThan(HOUR);
    expect(schedule).toHaveBeenCalledWith(expect.objectContaining({ idempotencyKey: `again-${dead.id}` }));
    // Once is enough.
    expect(screen.getByText('Scheduled again')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Schedule again' })).toBeNull();
  });

  it('offers to schedule again once more where that failed, for the same instant', async () => {
    const dead = due(inHours(-50), { status: 'dead', endedAt: inHours(-2) });
    const failures: (() => never)[] = [
      () => {
        throw new RefusedError('UNAVAILABLE', 'The database is away');
      },
      () => {
        throw new RefusedError('IDEMPOTENCY_MISMATCH', 'The key was used');
      },
    ];
    const schedule = vi.fn((_input: { dueAt: unknown }) =>
      (failures.shift() ?? (() => followUpChange(dead)))(),
    );
    const { user } = renderConsole('/work?by=given-up', workAnswers([dead], [], { followUps: { schedule } }));
    await user.click(await screen.findByRole('button', { name: 'Schedule again' }));
    expect(await screen.findByText('Not scheduled again: The database is away.')).toBeDefined();
    await user.click(await screen.findByRole('button', { name: 'Schedule again' }));
    expect(await screen.findByText('It was scheduled again already.')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Schedule again' })).toBeNull();
    expect(schedule.mock.calls[1]?.[0].dueAt).toBe(schedule.mock.calls[0]?.[0].dueAt);
  });

  it('takes a cancellation back, with its reason, where it was refused', async () => {
    const cancel = () => {
      throw new RefusedError('FOLLOW_UP_NOT_OPEN', 'This follow-up was completed already');
    };
    const { user } = renderConsole('/work', workAnswers([due(inHours(-2))], [], { followUps: { cancel } }));
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Cancel the follow-up' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toBe('Taken back: This follow-up was completed already.');
    expect(await row('Ana Petrov')).toBeDefined();
  });

  it('schedules a cancelled follow-up again where that is undone', async () => {
    const late = due(inHours(-2.5), { assignee: BEN.id, context: 'Send the offer' });
    let items: FollowUp[] = [late];
    const schedule = vi.fn(() => {
      items = [late];
      return followUpChange(late);
    });
    const cancel = () => {
      items = [];
      return followUpChange({ ...late, status: 'cancelled' });
    };
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], { followUps: { list: () => ({ items, nextCursor: null }), cancel, schedule } }),
    );
    await user.click((await row('Ana Petrov')).getByRole('button', { name: 'Cancel the follow-up' }));
    await user.hover(document.body);
    expect(await screen.findByText('No follow-up is open.')).toBeDefined();
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await row('Ana Petrov')).toBeDefined();
    expect(schedule).toHaveBeenCalledWith(
      expect.objectContaining({
        dueAt: late.dueAt,
        finalAttemptAt: late.finalAttemptAt,
        assignee: 'ben',
        context: 'Send the offer',
        by: 'ana',
      }),
    );
  });

  it('moves through the rows by j and k', async () => {
    const { user } = renderConsole(
      '/work',
      workAnswers([due(inHours(-2)), due(inHours(-1), { conversationId: weber.id })]),
    );
    const first = await screen.findByRole('link', { name: 'Ana Petrov' });
    const second = await screen.findByRole('link', { name: 'Jonas Weber' });
    await user.keyboard('j');
    expect(document.activeElement).toBe(first);
    await user.keyboard('jj');
    expect(document.activeElement).toBe(second);
    await user.keyboard('k');
    expect(document.activeElement).toBe(first);
  });

  it('reads follow-ups again when the feed says that one changed', async () => {
    let items: FollowUp[] = [];
    const { say } = renderConsole(
      '/work',
      workAnswers([], [], { followUps: { list: () => ({ items, nextCursor: null }) } }),
    );
    await screen.findByText('No follow-up is open.');
    const scheduled = due(inHours(-2));
    items = [scheduled];
    const entry: Entry = {
      conversationId: petrov.id,
      seq: 2,
      version: 2,
      at: timestamp(Date.now()),
      actor: { kind: 'system' },
      kind: 'follow_up',
      action: 'scheduled',
      followUp: scheduled,
    };
    say(entry);
    expect(await screen.findByRole('link', { name: 'Ana Petrov' }, { timeout: 4_000 })).toBeDefined();
  });

  it('reads the next page when it is asked for', async () => {
    const pages = [
      { items: [due(inHours(-2))], nextCursor: 'more' },
      { items: [due(inHours(-1), { conversationId: weber.id })], nextCursor: null },
    ];
    const { user } = renderConsole(
      '/work',
      workAnswers([], [], {
        followUps: {
          list: ({ cursor }) => pages[cursor === undefined ? 0 : 1] ?? { items: [], nextCursor: null },
        },
      }),
    );
    await screen.findByText('1 follow-up shown');
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await row('Jonas Weber')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });
});

describe('agents at work', () => {
  const load = (over: object) => ({
    agent: CLOSER,
    activeConversations: 0,
    waitingCustomers: 0,
    longestWaitMs: null,
    pendingHandoffs: 0,
    followUpsDue: 0,
    load: null,
    ...over,
  });

  it('stand by who has customers waiting, each number leading on', async () => {
    renderConsole(
      '/work',
      workAnswers([], [], {
        agents: {
          workload: () => [
            load({
              agent: agent({ id: 'zoe', name: 'Zoe', availability: 'away' }),
              waitingCustomers: 9,
              longestWaitMs: HOUR,
            }),
            load({
              agent: agent({ id: 'full', name: 'Full', capacity: 2 }),
              activeConversations: 3,
              load: 1.5,
            }),
            load({
              waitingCustomers: 2,
              longestWaitMs: HOUR,
              followUpsDue: 1,
              pendingHandoffs: 2,
              activeConversations: 4,
            }),
          ],
        },
      }),
    );
    const agents = within(await screen.findByRole('region', { name: 'Agents' }));
    const waiting = await agents.findByRole('link', { name: '2 waiting, 1 h' });
    expect(waiting.getAttribute('href')).toBe('/inbox?agent=closer&sort=waiting');
    expect(agents.getByRole('link', { name: '3 of 2 active, full' }).getAttribute('href')).toBe(
      '/inbox?agent=full',
    );
    expect(agents.getByRole('link', { name: '1 follow-up due' }).getAttribute('href')).toBe(
      '/work?of=closer',
    );
    expect(agents.getAllByRole('listitem').map((item) => item.textContent?.slice(0, 4))).toEqual([
      'Clos',
      'full',
      'zoeA',
    ]);
    expect(agents.getByText('Away')).toBeDefined();
  });
});

describe('a place that cannot be read', () => {
  it('says why', async () => {
    renderConsole('/work', { ...workAnswers([]), followUps: {}, handoffs: {} });
    expect(await screen.findByText('followUps.list is not answered.')).toBeDefined();
    expect(await screen.findByText('handoffs.pending is not answered.')).toBeDefined();
  });
});
