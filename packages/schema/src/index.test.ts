import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as exported from './index.ts';

const schemas = Object.entries(exported).flatMap(([name, value]): [string, z.ZodType][] =>
  value instanceof z.ZodType ? [[name, value]] : [],
);

/** A schema and all that it is made of, each with the path at which it stands. */
function* partsOf(schema: z.core.$ZodType, path: string): Generator<[path: string, part: z.core.$ZodTypes]> {
  // Zod's own union of all its schemas: what lets `def.type` tell them apart.
  const part = schema as z.core.$ZodTypes;
  const { def } = part._zod;
  yield [path, part];
  if (def.type === 'object') {
    for (const [key, field] of Object.entries(def.shape)) yield* partsOf(field, `${path}.${key}`);
  } else if (def.type === 'array') {
    yield* partsOf(def.element, `${path}[]`);
  } else if (def.type === 'record') {
    yield* partsOf(def.keyType, `${path}{}`);
    yield* partsOf(def.valueType, `${path}{}`);
  } else if (def.type === 'union') {
    for (const option of def.options) yield* partsOf(option, `${path}|`);
  } else if (def.type === 'pipe') {
    yield* partsOf(def.in, path);
    yield* partsOf(def.out, path);
  } else if ('innerType' in def) {
    yield* partsOf(def.innerType, path);
  }
}

/** What callers send: the commands, and the inputs of every other procedure. */
const inputs: [string, z.ZodType][] = [
  ...Object.entries(exported.commandInputs),
  ...schemas.filter(([name]) =>
    /^(?:List|Find|Get|Search|Register|Update|Claim|Heartbeat|SubscribeTo|Export|Restore[A-Z])/.test(name),
  ),
  ...Object.entries({
    ActAs: exported.ActAs,
    MetricsPeriod: exported.MetricsPeriod,
    NewMessage: exported.NewMessage,
    ReadTimeline: exported.ReadTimeline,
    SignIn: exported.SignIn,
    ValidateStage: exported.ValidateStage,
  }),
];

const isBounded = ({ _zod: { def } }: z.core.$ZodTypes) =>
  (def.checks ?? []).some(
    // Zod's own union of all its checks.
    (check) => ['max_length', 'string_format'].includes((check as z.core.$ZodChecks)._zod.def.check),
  );

describe('every shape', () => {
  // A newer server may tell an older client more about a fault.
  const open = new Set(['ErrorData']);

  it.each(schemas.filter(([name]) => !open.has(name)))('%s knows all of its keys', (name, schema) => {
    for (const [path, { _zod }] of partsOf(schema, name)) {
      if (_zod.def.type === 'object') expect(_zod.def.catchall?._zod.def.type, path).toBe('never');
    }
  });
});

describe('every input', () => {
  it.each(inputs)('%s bounds its texts and its lists', (name, schema) => {
    for (const [path, part] of partsOf(schema, name)) {
      const { type } = part._zod.def;
      if (type === 'string' || type === 'array') expect(isBounded(part), path).toBe(true);
    }
  });

  it.each(inputs.filter(([name]) => name !== 'UpdateTenant'))('%s names no tenant', (name, schema) => {
    const paths = [...partsOf(schema, name)].map(([path]) => path);
    expect(paths.filter((path) => /tenant/i.test(path.slice(name.length)))).toEqual([]);
  });
});
