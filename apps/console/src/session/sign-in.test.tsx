import { cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { RefusedError, renderConsole } from '../../test/render-console.tsx';

afterEach(cleanup);

const nobody = () => {
  throw new RefusedError('UNAUTHORIZED', 'Nobody is signed in');
};

describe('who is not signed in', () => {
  it('may sign in with the company where that is set, and comes back to the same place', async () => {
    const methods = () => ({ company: '/oidc/sign-in' });
    renderConsole('/inbox?stage=lead', { session: { get: nobody, methods } });
    const link = await screen.findByRole('link', { name: 'Sign in with your company' });
    const address = new URL(link.getAttribute('href') ?? '', 'https://baton.example');
    expect(address.pathname).toBe('/oidc/sign-in');
    expect(address.searchParams.get('to')).toBe(`${location.pathname}${location.search}`);
    expect(screen.getByLabelText('Sign-in link')).toBeDefined();
  });

  it('is asked for a link where it is not', async () => {
    renderConsole('/inbox', { session: { get: nobody, methods: () => ({ company: null }) } });
    await screen.findByLabelText('Sign-in link');
    expect(screen.queryByRole('link', { name: 'Sign in with your company' })).toBeNull();
  });

  it('is asked for a link where the server does not know of companies', async () => {
    renderConsole('/inbox', { session: { get: nobody } });
    await screen.findByLabelText('Sign-in link');
    expect(screen.queryByRole('link', { name: 'Sign in with your company' })).toBeNull();
  });
});
