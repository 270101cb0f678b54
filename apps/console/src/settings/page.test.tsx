import type { Agent, Availability, BusinessHours } from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  agent,
  ANA,
  type Answers,
  BEN,
  CLOSER,
  NIGHT_TEAM,
  RefusedError,
  renderConsole,
  sessionOf,
} from '../../test/render-console.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const asAgent: Answers = { session: { get: () => sessionOf('agent') } };

describe('the person in Settings', () => {
  it('goes away and comes back', async () => {
    let me = ANA;
    const update = vi.fn(
      (input: { availability?: Availability }): Agent => (me = agent({ availability: input.availability })),
    );
    const { user } = renderConsole('/settings', {
      session: { get: () => sessionOf('admin', me) },
      agents: { update },
    });
    await screen.findByText('You may do everything.');
    await user.click(screen.getByRole('radio', { name: 'Away' }));
    await waitFor(() =>
      expect(screen.getByRole('radio', { name: 'Away' }).getAttribute('aria-checked')).toBe('true'),
    );
    expect(update).toHaveBeenCalledWith(expect.objectContaining({ id: 'ana', availability: 'away' }));
  });

  it('becomes somebody else', async () => {
    let me = ANA;
    const actAs = vi.fn(() => sessionOf('admin', (me = BEN)));
    const { user } = renderConsole('/settings', {
      session: { get: () => sessionOf('admin', me), actAs },
    });
    await user.click(await screen.findByRole('combobox', { name: 'Person: Ana Ruiz' }));
    await user.click(await screen.findByRole('option', { name: 'Ben Okafor' }));
    expect(await screen.findByRole('combobox', { name: 'Person: Ben Okafor' })).toBeDefined();
    expect(actAs).toHaveBeenCalledWith({ agentId: 'ben' });
  });

  it('makes a link for another browser and copies it', async () => {
    const { user } = renderConsole('/settings', {
      session: {
        get: () => sessionOf('manager'),
        createLink: () => ({ token: 'a secret', expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
      },
    });
    await user.click(await screen.findByRole('button', { name: 'Make a link' }));
    const link = await screen.findByLabelText('Sign-in link');
    expect(link).toHaveProperty('value', `${location.origin}/?token=a%20secret`);
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe(`${location.origin}/?token=a%20secret`);
  });

  it('whose role is agent makes no link', async () => {
    renderConsole('/settings', asAgent);
    await screen.findByText('You act on conversations, as yourself.');
    expect(screen.queryByRole('button', { name: 'Make a link' })).toBeNull();
  });

  it('is told why it could not sign out', async () => {
    const signOut = () => {
      throw new RefusedError('UNAVAILABLE', 'The store is away');
    };
    const { user } = renderConsole('/settings', {
      session: { get: () => sessionOf('agent'), signOut },
    });
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect((await screen.findByRole('alert')).textContent).toBe('The store is away.');
  });
});

describe('agents in Settings', () => {
  it('are listed with what they can take', async () => {
    renderConsole('/settings?section=agents', {
      agents: {
        list: () => ({
          items: [ANA, NIGHT_TEAM, agent({ id: 'zoe', name: 'Zoe', availability: 'away', capacity: 3 })],
          nextCursor: null,
        }),
      },
    });
    const zoe = (await screen.findByRole('link', { name: /^Zoe/ })).closest('tr');
    expect(zoe?.textContent).toBe('Zoe, change itPersonAway3–');
    const team = screen.getByRole('link', { name: /^Night team/ }).closest('tr');
    expect(team?.textContent).toBe('Night team, change itQueueAvailableNo limitAna Ruiz, ben');
  });

  it('are registered with an id from their name', async () => {
    const register = vi.fn<(input: { id: string }) => Agent>(() => CLOSER);
    const { user, address } = renderConsole('/settings?section=agents', { agents: { register } });
    await user.click(await screen.findByRole('button', { name: 'Register an agent' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Register an agent' }));
    await user.click(dialog.getByRole('button', { name: 'Register' }));
    expect(dialog.getByText('A name of 1 to 200 characters')).toBeDefined();
    await user.type(dialog.getByLabelText('Name'), 'Zoë Night');
    await user.type(dialog.getByLabelText('Capacity'), '7');
    await user.type(dialog.getByLabelText('Roles'), 'closer, support');
    await user.click(dialog.getByRole('radio', { name: 'Away' }));
    await user.click(dialog.getByRole('combobox', { name: /^Kind/ }));
    await user.click(await screen.findByRole('option', { name: /^Queue/ }));
    await user.click(dialog.getByRole('checkbox', { name: /Ben Okafor/ }));
    await user.click(dialog.getByRole('checkbox', { name: /Ana Ruiz/ }));
    await user.click(dialog.getByRole('checkbox', { name: /Ana Ruiz/ }));
    await user.click(dialog.getByRole('button', { name: 'Register' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(register).toHaveBeenCalledWith(
      expect.objectContaining({
        id: 'zoe_night',
        kind: 'queue',
        capacity: 7,
        roles: ['closer', 'support'],
        availability: 'away',
        members: ['ben'],
      }),
    );
    expect(address()).toBe('/settings?section=agents');
  });

  it('keep what was written where the server refuses it', async () => {
    const register = () => {
      throw new RefusedError('AGENT_EXISTS', 'An agent zoe is registered already');
    };
    const { user } = renderConsole('/settings?section=agents&agent=%2B', { agents: { register } });
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'Zoe');
    await user.type(dialog.getByLabelText('Id'), 'zoe');
    await user.click(dialog.getByRole('button', { name: 'Register' }));
    expect((await dialog.findByRole('alert')).textContent).toBe('An agent zoe is registered already.');
    expect(dialog.getByLabelText('Name')).toHaveProperty('value', 'Zoe');
  });

  it('are changed at their own address', async () => {
    const update = vi.fn<(input: { id: string }) => Agent>(() => CLOSER);
    const { user, address } = renderConsole('/settings?section=agents', { agents: { update } });
    await user.click(await screen.findByRole('link', { name: /^Closer/ }));
    expect(address()).toBe('/settings?section=agents&agent=closer');
    const dialog = within(await screen.findByRole('dialog', { name: 'Closer' }));
    await user.type(dialog.getByLabelText('Capacity'), '40');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(expect.objectContaining({ id: 'closer', capacity: 40 })),
    );
    await waitFor(() => expect(address()).toBe('/settings?section=agents'));
  });
});

describe('business hours in Settings', () => {
  const hours: BusinessHours = {
    timeZone: 'Europe/Berlin',
    weekdays: [{ day: 1, from: '09:00', to: '17:00' }],
  };

  function tenant(kept: BusinessHours | null, over: Answers = {}) {
    let businessHours = kept;
    const update = vi.fn(
      ({ businessHours: given = null }: { businessHours?: BusinessHours | null | undefined }) => ({
        id: 'default',
        businessHours: (businessHours = given),
        reopenWithinMs: null,
        sendPolicy: null,
      }),
    );
    return {
      update,
      answers: {
        ...over,
        tenant: {
          get: () => ({ id: 'default', businessHours, reopenWithinMs: null, sendPolicy: null }),
          update,
        },
      } satisfies Answers,
    };
  }

  it('begin as nine to five where there are none', async () => {
    const { answers, update } = tenant(null);
    const { user } = renderConsole('/settings?section=hours', answers);
    await user.click(await screen.findByRole('button', { name: 'Set business hours' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(update).toHaveBeenCalledOnce());
    expect(update.mock.calls[0]?.[0].businessHours?.weekdays).toHaveLength(5);
    expect(await screen.findByText('Saved')).toBeDefined();
  });

  it('are changed stretch by stretch, and say what is wrong', async () => {
    const { answers, update } = tenant(hours);
    const { user } = renderConsole('/settings?section=hours', answers);
    await user.click(await screen.findByRole('button', { name: 'Add hours on Monday' }));
    const [, second] = screen.getAllByLabelText('Monday, opens');
    if (second === undefined) throw new Error('Monday has no second stretch');
    await user.clear(second);
    await user.type(second, '16:00');
    expect(screen.getByText('Two stretches overlap')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('button', { name: 'Remove 16:00 to 20:00 on Monday' }));
    const closes = screen.getByLabelText('Monday, closes');
    await user.clear(closes);
    await user.type(closes, '18:30');
    const zone = screen.getByLabelText('Time zone');
    await user.clear(zone);
    await user.type(zone, 'Europe/Atlantis');
    expect(screen.getByText(/^Not a time zone/)).toBeDefined();
    await user.clear(zone);
    await user.type(zone, 'Europe/Oslo');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(update).toHaveBeenCalledOnce());
    expect(update.mock.calls[0]?.[0].businessHours).toEqual({
      timeZone: 'Europe/Oslo',
      weekdays: [{ day: 1, from: '09:00', to: '18:30' }],
    });
  });

  it('are put back as they were', async () => {
    const { answers } = tenant(hours);
    const { user } = renderConsole('/settings?section=hours', answers);
    await user.click(await screen.findByRole('button', { name: 'Remove 09:00 to 17:00 on Monday' }));
    expect(screen.getByRole('alert').textContent).toMatch(/^A week needs an open hour/);
    await user.click(screen.getByRole('button', { name: 'Discard changes' }));
    expect(screen.getByLabelText('Monday, opens')).toHaveProperty('value', '09:00');
  });

  it('are turned off', async () => {
    const { answers, update } = tenant(hours);
    const { user } = renderConsole('/settings?section=hours', answers);
    await user.click(await screen.findByRole('button', { name: 'Turn the hours off' }));
    expect(await screen.findByText(/^No hours are set/)).toBeDefined();
    expect(update).toHaveBeenCalledWith(expect.objectContaining({ businessHours: null }));
  });

  it('are read, not changed, without the right to manage', async () => {
    const { answers } = tenant(hours, asAgent);
    renderConsole('/settings?section=hours', answers);
    expect(await screen.findByText('Changing them needs the right to manage.')).toBeDefined();
    expect(screen.getByRole('group', { name: 'Hours of the week' })).toHaveProperty('disabled', true);
    cleanup();
    renderConsole('/settings?section=hours', tenant(null, asAgent).answers);
    expect(await screen.findByText('This is for managers.')).toBeDefined();
  });

  it('say why they were not saved, or cannot be read', async () => {
    const refuse = () => {
      throw new RefusedError('FORBIDDEN', 'This is for managers');
    };
    const { user } = renderConsole('/settings?section=hours', {
      tenant: {
        get: () => ({ id: 'default', businessHours: hours, reopenWithinMs: null, sendPolicy: null }),
        update: refuse,
      },
    });
    await user.click(await screen.findByRole('button', { name: 'Turn the hours off' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Not saved. This is for managers.');
    cleanup();
    renderConsole('/settings?section=hours', {});
    expect((await screen.findByRole('alert')).textContent).toBe('tenant.get is not answered.');
  });
});

describe('the theme in Settings', () => {
  it('holds at once', async () => {
    const { user } = renderConsole('/settings?section=theme', {});
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await user.click(screen.getByRole('radio', { name: 'Light' }));
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});

describe('the store in Settings', () => {
  const admin: Answers['admin'] = {
    verifySchema: () => ({ ok: true, differences: [] }),
    ready: () => ({ ready: true, mongodb: true, pendingMigrations: [] }),
    health: () => ({ ok: true, version: '1.2.3', uptimeMs: 60_000 }),
    stats: () => ({
      conversations: 1,
      entries: 1_436,
      handoffs: 0,
      objections: 0,
      followUps: 2,
      agents: 5,
      contacts: 0,
    }),
  };

  it('is as declared', async () => {
    renderConsole('/settings?section=store', { admin });
    expect(await screen.findByText('Every validator and index is as declared.')).toBeDefined();
    expect(await screen.findByText('1,436 entries')).toBeDefined();
    expect(await screen.findByText('Version 1.2.3, running for 1 min')).toBeDefined();
    expect(await screen.findByText('All are applied.')).toBeDefined();
  });

  it('differs, until it is looked at again', async () => {
    let isOk = false;
    const { user } = renderConsole('/settings?section=store', {
      admin: {
        ...admin,
        ready: () => {
          const readiness = { ready: false, mongodb: true, pendingMigrations: ['0002-hours'] };
          throw new RefusedError('UNAVAILABLE', 'Not ready', readiness);
        },
        verifySchema: () => ({
          ok: isOk,
          differences: isOk
            ? []
            : [
                {
                  collection: 'timeline',
                  what: 'index',
                  name: 'by_kind',
                  problem: 'missing',
                  declared: '{"kind":1}',
                  found: null,
                },
              ],
        }),
      },
    });
    expect(await screen.findByText(/^1 difference/)).toBeDefined();
    const row = screen.getByRole('rowheader').closest('tr');
    expect(row?.textContent).toBe('timeline index by_kindMissing{"kind":1}–');
    expect(screen.getByText('Not applied yet: 0002-hours')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
    isOk = true;
    await user.click(screen.getByRole('button', { name: 'Check again' }));
    expect(await screen.findByText('Every validator and index is as declared.')).toBeDefined();
  });

  it('says of migrations that nobody knows while MongoDB does not answer', async () => {
    const readiness = { ready: false, mongodb: false, pendingMigrations: [] };
    const ready = () => {
      throw new RefusedError('UNAVAILABLE', 'Not ready', readiness);
    };
    renderConsole('/settings?section=store', { admin: { ...admin, ready } });
    expect(await screen.findByText('Unknown: MongoDB does not answer.')).toBeDefined();
  });

  it('says why it cannot be looked at', async () => {
    renderConsole('/settings?section=store', {});
    expect((await screen.findByRole('alert')).textContent).toMatch(/is not answered\.$/);
  });
});

it('goes from one section to another', async () => {
  const { user, address } = renderConsole('/settings', {});
  await user.click(await screen.findByRole('link', { name: 'Theme' }));
  expect(await screen.findByRole('region', { name: 'Theme' })).toBeDefined();
  expect(address()).toBe('/settings?section=theme');
});
