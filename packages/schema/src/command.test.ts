import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { commandFieldNames, commandInputs, type CommandType } from './command.ts';

// Object.entries widens its keys to string.
const inputs = Object.entries(commandInputs) as [CommandType, z.ZodType][];

function faultyPaths(schema: z.ZodType, input: object): string[] {
  return schema.safeParse(input).error?.issues.map(({ path }) => path.join('.')) ?? [];
}

/** What only the server itself does: once, or until nothing is left to do. */
const OF_SERVER: ReadonlySet<CommandType> = new Set([
  'conversations.continue',
  'contacts.noteConsent',
  'conversations.endPause',
  'followUps.expire',
  'handoffs.expire',
  'privacy.eraseConversation',
]);
const isOfServer = (type: CommandType): boolean => OF_SERVER.has(type);

describe.each(inputs)('%s', (type, schema) => {
  const fields = commandFieldNames(type);

  it('has fields', () => expect(fields).not.toEqual([]));

  it('refuses a key that it does not know, and a tenant is never one that it knows', () => {
    const { error } = schema.safeParse({ tenantId: 'acme', $where: 'true' });
    const unknown = error?.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
    expect(unknown).toEqual(['tenantId', '$where']);
  });

  it.each(fields)('refuses an operator where %s stands', (key) => {
    expect(faultyPaths(schema, { [key]: { $ne: null } }).some((path) => path.split('.')[0] === key)).toBe(
      true,
    );
  });

  it('may be brought in with the instant at which it happened, of three digits', () => {
    expect(faultyPaths(schema, { at: '2026-01-05T09:00:00.000Z' })).not.toContain('at');
    expect(faultyPaths(schema, { at: '2026-01-05T09:00:00.000000Z' })).toContain('at');
  });

  it('is safe to send again: it carries an id of its own or takes a key', () => {
    const keyed = fields.includes('idempotencyKey');
    const named = type === 'messages.append' || type === 'messages.appendTurn';
    expect(keyed || named || isOfServer(type)).toBe(true);
    if (!keyed) return;
    expect(faultyPaths(schema, { idempotencyKey: 'x'.repeat(200) })).not.toContain('idempotencyKey');
    expect(faultyPaths(schema, { idempotencyKey: 'x'.repeat(201) })).toContain('idempotencyKey');
    expect(faultyPaths(schema, { idempotencyKey: '' })).toContain('idempotencyKey');
  });
});

describe.each(inputs.filter(([type]) => !isOfServer(type)))('%s of a caller', (type) => {
  it('may expect a version of a conversation that exists', () => {
    expect(commandFieldNames(type).includes('expectedVersion')).toBe(type !== 'conversations.create');
  });
});
