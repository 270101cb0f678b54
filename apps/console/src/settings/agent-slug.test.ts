import { AgentId } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { agentSlug } from './agent-slug.ts';

describe('the id of an agent', () => {
  it.each([
    ['Anna Müller', 'anna_muller'],
    ['  2nd level support!', 'nd_level_support'],
    ['Zoë (night)', 'zoe_night'],
    ['小明', ''],
  ])('is suggested from the name %s', (name, slug) => {
    expect(agentSlug(name)).toBe(slug);
  });

  it('is one that the API takes', () => {
    expect(AgentId.safeParse(agentSlug('x'.repeat(200))).success).toBe(true);
    expect(AgentId.safeParse(agentSlug(`${'x'.repeat(63)} y`)).success).toBe(true);
  });
});
