import { AgentId, ConversationId, Timestamp } from '@baton/schema';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';

/** Reads a word of the line with a schema; what it refuses is wrong usage. */
export function parser<Schema extends z.ZodType<string>>(
  schema: Schema,
): (value: string) => z.output<Schema> {
  return (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
  };
}

export const agentId = parser(AgentId);
export const conversationId = parser(ConversationId);

/** An instant, or a day for its beginning in UTC. */
export function instantOption(value: string): Timestamp {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value))
    throw new InvalidArgumentError(
      'Expected a day like 2026-01-31, or an instant like 2026-01-31T09:30:00.000Z.',
    );
  return parser(Timestamp)(value.length === 10 ? `${value}T00:00:00.000Z` : value);
}

/** A whole number from 1 to `most`. */
export function countOption(most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}
