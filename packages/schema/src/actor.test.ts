import { describe, expect, it } from 'vitest';
import { Actor } from './actor.ts';

describe('an actor', () => {
  it.each([
    { kind: 'customer' },
    { kind: 'system' },
    { kind: 'tool' },
    { kind: 'tool', agentId: 'closer' },
    { kind: 'agent', agentId: 'constructor' },
  ])('is %j', (actor) => {
    expect(Actor.parse(actor)).toEqual(actor);
  });

  it('that is an agent is named', () => {
    expect(Actor.safeParse({ kind: 'agent' }).error?.issues).toMatchObject([
      { path: ['agentId'], message: 'An agent is named by its agentId' },
    ]);
  });

  it.each(['customer', 'system'])('that is a %s has no name of an agent', (kind) => {
    expect(Actor.safeParse({ kind, agentId: 'closer' }).error?.issues).toMatchObject([
      { path: ['agentId'], message: 'Only an agent or a tool has an agentId' },
    ]);
  });

  it('is of a kind that exists, and has nothing else', () => {
    expect(Actor.safeParse({ kind: 'assistant' }).success).toBe(false);
    expect(Actor.safeParse({ kind: 'system', name: 'cron' }).success).toBe(false);
  });
});
