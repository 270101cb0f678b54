import {
  AgentId,
  Conversation,
  ConversationId,
  Entry,
  EntryKind,
  LocalTime,
  Metadata,
  ScheduleFollowUp,
  TimeZone,
  Timestamp,
} from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { arbitraryOf } from './arbitrary.ts';

function sampleOf<Schema extends z.ZodType>(schema: Schema, count = 200): z.output<Schema>[] {
  return fc.sample(arbitraryOf(schema), { numRuns: count, seed: 7 });
}

const schemas = {
  Conversation,
  Entry,
  ScheduleFollowUp,
  Metadata,
  'an exclusive bound': z.number().gt(0).lt(1),
  'a fixed length': z.array(z.string().length(3)).length(2),
  'a default': z.string().max(4).default('none'),
  'a readonly': z.strictObject({ a: z.int().nonoptional() }).readonly(),
  'a prefault': z.string().max(4).prefault('none'),
};

describe('an arbitrary of a schema', () => {
  it.each(Object.entries(schemas))('gives only what the schema passes: %s', (_, schema) => {
    for (const value of sampleOf(schema)) expect(schema.safeParse(value).error).toBeUndefined();
  });

  it('gives every variant of a union', () => {
    const kinds = new Set(sampleOf(Entry, 400).map((entry) => entry.kind));
    expect([...kinds].toSorted()).toEqual(EntryKind.options.toSorted());
  });

  it('gives optional keys now and then, and never as undefined', () => {
    const schema = z.strictObject({ name: z.string().optional() });
    const values = sampleOf(schema);
    expect(values.some((value) => 'name' in value)).toBe(true);
    expect(values.some((value) => !('name' in value))).toBe(true);
    expect(values.every((value) => !('name' in value) || value.name !== undefined)).toBe(true);
  });

  it('gives null where null may stand, and values as well', () => {
    const values = sampleOf(z.int().nullable());
    expect(values).toContain(null);
    expect(values.some((value) => typeof value === 'number')).toBe(true);
  });

  it('gives strings on both bounds, counted in UTF-16 units', () => {
    const values = sampleOf(z.string().min(2).max(9));
    const lengths = new Set(values.map((value) => value.length));
    expect(lengths).toContain(2);
    expect(lengths).toContain(9);
    expect(values).toContain('🤝🤝🤝🤝x');
  });

  it('gives whole numbers between their bounds', () => {
    const values = sampleOf(z.int().min(-1).max(1));
    expect(new Set(values)).toEqual(new Set([-1, 0, 1]));
    expect(sampleOf(z.int()).some((value) => value > 2 ** 31)).toBe(true);
  });

  it('gives ids, instants, local times and time zones that exist', () => {
    const schema = z.strictObject({
      id: ConversationId,
      at: Timestamp,
      agent: AgentId,
      local: LocalTime,
      zone: TimeZone,
    });
    for (const value of sampleOf(schema)) expect(schema.parse(value)).toEqual(value);
  });

  it('does not promise schemas that it does not know', () => {
    expect(() => arbitraryOf(z.map(z.string(), z.string()))).toThrow('No arbitrary of map schemas');
  });

  it('does not promise schemas that only a promise can check', () => {
    const schema = z.string().refine(async () => await Promise.resolve(true));
    expect(() => sampleOf(schema, 1)).toThrow('Promise');
  });
});
