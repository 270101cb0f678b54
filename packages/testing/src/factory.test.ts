import { commandInputs, type CommandType } from '@baton/schema';
import { describe, expect, it } from 'vitest';

import { anInput } from './factory.ts';

const types = Object.keys(commandInputs) as CommandType[];

describe('the smallest input of a command', () => {
  it.each(types)('is valid: %s', (type) => {
    expect(commandInputs[type].safeParse(anInput(type)).error).toBeUndefined();
  });

  it('says what the test says, and what the schema gives by default', () => {
    expect(anInput('messages.append', { text: 'Good morning' })).toMatchObject({
      text: 'Good morning',
      visibility: 'public',
    });
  });

  it('refuses what no caller could send', () => {
    expect(() => anInput('messages.append', { text: '' })).toThrow('text');
  });
});
