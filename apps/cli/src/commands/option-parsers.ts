import { AgentId, ConversationId, Timestamp, TimeZone } from '@baton/schema';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';

/** An option parser from a schema. */
export function parseWith<Schema extends z.ZodType<string>>(
  schema: Schema,
): (value: string) => z.output<Schema> {
  return (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
  };
}

export const parseAgentId = parseWith(AgentId);
export const parseTimeZone = parseWith(TimeZone);
export const parseConversationId = parseWith(ConversationId);

/** An instant, or a day, which stands for its start in UTC. */
export function parseInstant(value: string): Timestamp {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value))
    throw new InvalidArgumentError(
      'Expected a day like 2026-01-31, or an instant like 2026-01-31T09:30:00.000Z.',
    );
  return parseWith(Timestamp)(value.length === 10 ? `${value}T00:00:00.000Z` : value);
}

export function parseCount(max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= 1 && number <= max) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`);
  };
}
