import { AgentId } from '@baton/schema';
import { z } from 'zod';
import { appRouter } from '../src/app-router.ts';
import type { InputParser } from '../src/procedure-builder.ts';
import { type Fixture, procedures } from './procedures.ts';

/** The fields that say who acts, whatever the procedure. */
const ACTING = ['by', 'from', 'handledBy', 'author', 'messages', 'initialMessage'];
/** Those that do in one procedure. */
const ALSO: Record<string, string[]> = {
  'agents.update': ['id'],
  'conversations.create': ['agentId'],
  'conversations.findOrCreate': ['agentId'],
  'followUps.claim': ['assignee'],
};

/** The fields of a mutation's input, by name; none where it takes no object. */
export function schemaOf(path: string): z.core.$ZodShape {
  // Every procedure of ours has its inputs there; see procedure-builder.ts.
  const defined = appRouter._def.procedures as unknown as Record<string, { _def: { inputs: InputParser[] } }>;
  const schema = defined[path]?._def.inputs[0]?.schema;
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** The fields of a mutation that name who acts or speaks. */
export function actingFields(path: string): string[] {
  if (procedures[path]?.type !== 'mutation') return [];
  return Object.keys(schemaOf(path)).filter((field) => [...ACTING, ...(ALSO[path] ?? [])].includes(field));
}

/** A procedure's sample in which an agent acts, as the field says; without one, in every field that the sample has. */
export function sampleAs(
  path: string,
  fixture: Fixture,
  agentId: AgentId,
  field?: string,
): object | undefined {
  const sample = procedures[path]?.input(fixture);
  if (sample === undefined) return undefined;
  const author = { kind: 'agent', agentId };
  const values: Record<string, unknown> = {
    author,
    messages: [{ clientMessageId: 't', author, text: 'Hello' }],
    initialMessage: { author, text: 'Hello' },
  };
  const fields = actingFields(path).filter(
    (each) => each === field || (field === undefined && each in sample),
  );
  return { ...sample, ...Object.fromEntries(fields.map((each) => [each, values[each] ?? agentId])) };
}

/** Whether a field has the id of an agent, in however deep a place. */
export function namesAgent(schema: z.core.$ZodType): boolean {
  if (schema === AgentId) return true;
  // Zod's own union of all its schemas: what lets `def.type` tell them apart.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return namesAgent(def.innerType);
    case 'array':
      return namesAgent(def.element);
    case 'object':
      return Object.values(def.shape).some(namesAgent);
    case 'union':
      return def.options.some(namesAgent);
    default:
      return false;
  }
}
