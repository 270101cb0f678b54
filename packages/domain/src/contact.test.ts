import { describe, expect, it } from 'vitest';
import { Scenario } from '../test/scenario.ts';

const WITHDRAWN = { state: 'withdrawn', at: '2026-01-05T09:00:00.000Z', source: 'Replied STOP' } as const;

describe('consent', () => {
  it('is unknown until something was said about it', () => {
    const scenario = new Scenario();
    expect(scenario.conversation).not.toHaveProperty('consent');
    scenario.when('contacts.noteConsent', { consent: WITHDRAWN });
    expect(scenario.conversation.consent).toEqual(WITHDRAWN);
  });
});
