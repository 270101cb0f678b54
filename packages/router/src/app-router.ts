import type { RouterOf } from './api.ts';
import type { Context } from './context.ts';
import * as procedures from './procedures.ts';
import { router } from './trpc.ts';

export const appRouter: RouterOf<Context> = router(procedures);
