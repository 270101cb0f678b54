import type { RouterOf } from './api.ts';
import type { Context } from './context.ts';
import * as procedures from './procedures.ts';
import type { procedureRoles } from './roles.ts';
import { router } from './trpc.ts';

/** The paths of a router's procedures. */
export type PathsOf<Areas> = {
  [Area in keyof Areas & string]: `${Area}.${keyof Areas[Area] & string}`;
}[keyof Areas & string];

/** `true` where each of the paths has a row and each row a path; else the paths that are in one of the two alone. */
export type RowsFit<Path extends string, Row extends string> = [
  Exclude<Path, Row> | Exclude<Row, Path>,
] extends [never]
  ? true
  : Exclude<Path, Row> | Exclude<Row, Path>;

// Does not compile where a procedure has no row that says who may call it.
true satisfies RowsFit<PathsOf<typeof procedures>, keyof typeof procedureRoles>;

export const appRouter: RouterOf<Context> = router(procedures);
