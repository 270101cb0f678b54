import { describe, expect, it } from 'vitest';
import { RegisterAgent } from './agent.ts';

describe('registering an agent', () => {
  it('needs an id and a kind', () => {
    expect(RegisterAgent.parse({ id: 'constructor', kind: 'human' })).toEqual({
      id: 'constructor',
      kind: 'human',
      roles: [],
      capacity: null,
      availability: 'available',
      members: [],
    });
  });

  it('gives members to a queue only', () => {
    expect(RegisterAgent.safeParse({ id: 'desk', kind: 'queue', members: ['maria'] }).success).toBe(true);
    expect(
      RegisterAgent.safeParse({ id: 'maria', kind: 'human', members: ['jonas'] }).error?.issues,
    ).toMatchObject([{ path: ['members'], message: 'Only a queue has members' }]);
  });

  it.each([{ capacity: -1 }, { capacity: 0.5 }, { kind: 'robot' }, { id: '__proto__' }])(
    'refuses %j',
    (more) => {
      expect(RegisterAgent.safeParse({ id: 'maria', kind: 'human', ...more }).success).toBe(false);
    },
  );
});
