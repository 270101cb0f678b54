import type { z } from 'zod';

/** A schema whose output and input have names, which declarations show in place of all that is in them. */
export interface NamedSchema<Output, Input = unknown> extends z.ZodType<Output, Input> {}

/** An enum whose values have one name, so that declarations do not list them again. */
export interface NamedEnum<Value extends string> extends z.ZodEnum<{ [Name in Value]: Name }> {}

/** The schema itself; each instance of Zod's own type that is checked against another costs the compiler more. */
export function named<Output, Input = unknown>(schema: {
  _zod: { output: NoInfer<Output>; input: NoInfer<Input> };
}): NamedSchema<Output, Input> {
  const same: unknown = schema;
  // Its methods take and give these very types.
  return same as NamedSchema<Output, Input>;
}

/** Lets an interface extend the type of a constant, as in `interface Stages extends TypeOf<typeof stages> {}`. */
export type TypeOf<Constant> = Constant;
