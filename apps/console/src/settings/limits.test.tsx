import { cleanup, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { RefusedError, renderConsole, sessionOf } from '../../test/render-console.tsx';

afterEach(cleanup);

const session = () => ({ ...sessionOf('viewer'), may: ['admin.limits'] });

describe('the limits in Settings', () => {
  it('are those that the server grants', async () => {
    renderConsole('/settings?section=limits', {
      session: { get: session },
      admin: {
        limits: () => ({
          bodyBytes: 16 * 1024 * 1024,
          answerBytes: 1.5 * 1024 * 1024,
          nesting: 64,
          members: 20_000,
          batchCalls: 50,
          callsPerSecond: 200,
          runningCalls: 40,
          feeds: 20,
          sessionIdleMs: 36 * 3_600_000,
          sessionLongestMs: 30 * 24 * 3_600_000,
        }),
      },
    });
    expect(await screen.findByText('200')).toBeDefined();
    const section = screen.getByRole('region', { name: 'Limits' });
    expect(section.textContent).toContain('Of its body16 MB');
    expect(section.textContent).toContain('To all queries of a batch together1.5 MB');
    expect(section.textContent).toContain('While nobody uses it36 hours');
    expect(section.textContent).toContain('Whoever is signed in signs in again30 days');
  });

  it('say why they cannot be read', async () => {
    const limits = () => {
      throw new RefusedError('UNAVAILABLE', 'The store is away');
    };
    renderConsole('/settings?section=limits', { session: { get: session }, admin: { limits } });
    expect((await screen.findByRole('alert')).textContent).toBe('The store is away.');
  });
});
