import { describe, expect, it } from 'vitest';
import { mayAccept, mayDecline } from './handoff-permissions.ts';
import { ANA, BEN, CLOSER, NIGHT_TEAM } from '../../test/render-console.tsx';

describe('a pending handoff', () => {
  it('is answered by whoever was asked', () => {
    expect(mayAccept({ to: ANA.id }, ANA.id, ANA)).toBe(true);
    expect(mayDecline({ to: ANA.id }, ANA.id)).toBe(true);
    expect(mayAccept({ to: BEN.id }, ANA.id, BEN)).toBe(false);
  });

  it('to a queue is accepted by any member, and declined by none', () => {
    expect(mayAccept({ to: NIGHT_TEAM.id }, ANA.id, NIGHT_TEAM)).toBe(true);
    expect(mayAccept({ to: NIGHT_TEAM.id }, CLOSER.id, NIGHT_TEAM)).toBe(false);
    expect(mayDecline({ to: NIGHT_TEAM.id }, ANA.id)).toBe(false);
  });

  it('waits while nobody knows yet who was asked', () => {
    expect(mayAccept({ to: NIGHT_TEAM.id }, ANA.id, undefined)).toBe(false);
  });
});
