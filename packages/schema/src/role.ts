import { z } from 'zod';

/**
 * What a credential may do.
 * - `viewer` reads.
 * - `agent` does everything on conversations, as its own agent only, and never says what a customer said.
 * - `manager` is an agent that also forces moves, acts on handoffs for others, registers agents, sets hours, redacts.
 * - `app` is a company's own backend: it acts for any agent and brings what customers say.
 * - `import` is an `app` that also gives instants and exports.
 * - `admin` does all.
 */
export const Role = z.enum(['viewer', 'agent', 'manager', 'app', 'import', 'admin']);
export type Role = z.infer<typeof Role>;

/** What credentials had before roles, and all that a server of that version knows. */
export const Right = z.enum(['import', 'manage']);
export type Right = z.infer<typeof Right>;
