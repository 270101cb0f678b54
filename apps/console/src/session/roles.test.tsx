import { cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { ANA, BEN, CLOSER, renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(cleanup);

describe('a viewer', () => {
  it('is offered no change in Settings', async () => {
    renderConsole('/settings', { session: { get: () => sessionOf('viewer') } });
    await screen.findByText('You may read.');
    for (const name of ['Make a link', 'Change your entry'])
      expect(screen.queryByRole('button', { name })).toBeNull();
    expect(screen.queryByRole('combobox', { name: /^Person/ })).toBeNull();
    expect(screen.queryByRole('radio', { name: 'Away' })).toBeNull();
  });

  it('sees agents and registers none', async () => {
    renderConsole('/settings?section=agents', { session: { get: () => sessionOf('viewer') } });
    await screen.findByText('Ben Okafor');
    expect(screen.queryByRole('button', { name: 'Register an agent' })).toBeNull();
    expect(screen.queryByRole('link', { name: /change it/ })).toBeNull();
  });
});

describe('an agent', () => {
  it('is one person, and says whether that person is there', async () => {
    renderConsole('/settings', { session: { get: () => sessionOf('agent') } });
    await screen.findByRole('radio', { name: 'Away' });
    expect(screen.queryByRole('combobox', { name: /^Person/ })).toBeNull();
  });
});

describe('whoever has signed in', () => {
  const pick = (role: 'admin' | 'viewer') =>
    renderConsole('/inbox', {
      session: { get: () => sessionOf(role, null) },
      agents: { list: () => ({ items: [ANA, BEN, CLOSER], nextCursor: null }) },
    });

  it('registers a new person where the role may', async () => {
    pick('admin');
    await screen.findByLabelText('Somebody new');
  });

  it('picks one of those who are there where it may not', async () => {
    pick('viewer');
    await screen.findByRole('button', { name: /Ben Okafor/ });
    expect(screen.queryByLabelText('Somebody new')).toBeNull();
  });
});
