import { expectTypeOf, test } from 'vitest';
import type { PathsOf, RowsFit } from './app-router.ts';
import type * as procedures from './procedures.ts';
import type { procedureRoles } from './roles.ts';

type Path = PathsOf<typeof procedures>;
type Row = keyof typeof procedureRoles;

test('each procedure has a row, and each row a procedure', () => {
  expectTypeOf<RowsFit<Path, Row>>().toEqualTypeOf<true>();
});

test('a procedure without a row, and a row without a procedure, are named by the compiler', () => {
  expectTypeOf<RowsFit<Path | 'keys.create', Row>>().toEqualTypeOf<'keys.create'>();
  expectTypeOf<RowsFit<Path, Row | 'keys.list'>>().toEqualTypeOf<'keys.list'>();
  expectTypeOf<RowsFit<Path, Exclude<Row, 'tenant.update'>>>().toEqualTypeOf<'tenant.update'>();
  // @ts-expect-error: as app-router.ts would fail
  true satisfies RowsFit<Path | 'keys.create', Row>;
});
