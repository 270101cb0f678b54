import { z } from 'zod';

/** A text in an address: the router has made a number of digits, and an object of what looks like JSON. */
export const TextParam = z.union([z.string(), z.number(), z.boolean()]).transform(String);
