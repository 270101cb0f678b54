import { z } from 'zod';
import { AgentId } from './id.ts';
import { identifier, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** What every command on a conversation may carry. */
export const commandFields = {
  /** Refuses the command with VERSION_CONFLICT where the conversation has another version. */
  expectedVersion: z.int().min(1).optional(),
  /** When it happened, for history that is brought in: needs the `import` right. */
  at: Timestamp.optional(),
};

const IDEMPOTENCY_KEY_LENGTH = 200;

// As it is stored.
export const IdempotencyKey = text(IDEMPOTENCY_KEY_LENGTH);

// Of a command that makes an agent the owner: passes its capacity and availability; needs the `manage` right.
export const Force = z.boolean();

/** The options of a command that carries no id of its own. */
export const keyedCommandFields = {
  ...commandFields,
  /** The same key with the same input gives the first result again, for 24 hours at least. */
  idempotencyKey: identifier(IDEMPOTENCY_KEY_LENGTH).optional(),
  /** The agent who does it; without one it is the system. */
  by: AgentId.optional(),
};

export interface Keyed {
  expectedVersion?: number | undefined;
  at?: Timestamp | undefined;
  idempotencyKey?: string | undefined;
  by?: AgentId | undefined;
}
// As a caller writes it: ids are strings.
export type Plain<Command> = {
  [Field in keyof Command]: NonNullable<Command[Field]> extends z.core.$brand
    ? string | Extract<Command[Field], undefined>
    : Command[Field];
};
export interface KeyedInput extends Plain<Keyed> {}

// A command that carries no id of its own; a field of its own replaces the common one.
export interface KeyedCommand<Shape extends z.core.$ZodShape> extends z.ZodObject<
  Omit<typeof keyedCommandFields, keyof Shape> & Shape,
  z.core.$strict
> {}

export function keyedCommand<Shape extends z.core.$ZodShape>(shape: Shape): KeyedCommand<Shape> {
  const command: unknown = z.strictObject({ ...keyedCommandFields, ...shape });
  // TypeScript cannot tell that spreading replaces just the fields of the same names.
  return command as KeyedCommand<Shape>;
}
