// @vitest-environment node
import { Agent } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { draftOf, idOf, NEW_AGENT, toRegister, toUpdate } from './agent-draft.ts';

const queue = Agent.parse({
  id: 'night_team',
  kind: 'queue',
  name: 'Night team',
  roles: ['support', 'nights'],
  capacity: 12,
  availability: 'away',
  members: ['ana', 'ben'],
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
});

describe('an agent that is being written', () => {
  it('comes back from its fields as it was', () => {
    const { id, name, roles, capacity, availability, members } = queue;
    expect(toUpdate(draftOf(queue)).input).toEqual({ id, name, roles, capacity, availability, members });
  });

  it('is named by its name until somebody types an id', () => {
    expect(idOf({ ...NEW_AGENT, name: 'Anna Müller' })).toBe('anna_muller');
    expect(idOf({ ...NEW_AGENT, name: 'Anna Müller', id: 'anna' })).toBe('anna');
  });

  it('has no limit where the capacity is empty, and each role once', () => {
    const { input } = toRegister({ ...NEW_AGENT, name: 'Anna', roles: ' closer, ,support,closer ' });
    expect(input).toMatchObject({ id: 'anna', kind: 'human', capacity: null, roles: ['closer', 'support'] });
  });

  it('has members only as a queue', () => {
    const draft = { ...NEW_AGENT, name: 'Anna', members: ['ben'] };
    expect(toRegister(draft).input?.members).toEqual([]);
    expect(toRegister({ ...draft, kind: 'queue' }).input?.members).toEqual(['ben']);
  });

  it('says which field is wrong', () => {
    expect(toRegister({ ...NEW_AGENT, name: '' }).errors).toHaveProperty('name');
    expect(toRegister({ ...NEW_AGENT, name: '小明' }).errors).toHaveProperty('id');
    expect(toRegister({ ...NEW_AGENT, name: 'Anna', capacity: '1.5' }).errors).toEqual({
      capacity: 'A whole number from 0 to 100,000, or nothing for no limit',
    });
    expect(toRegister({ ...NEW_AGENT, name: 'Anna', capacity: 'many' }).errors).toHaveProperty('capacity');
  });
});
