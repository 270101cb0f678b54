import { admin } from './admin.ts';
import { agents } from './agent.ts';
import { conversations } from './conversation.ts';
import { deals } from './deal.ts';
import { feed } from './feed.ts';
import { followUps } from './follow-up.ts';
import { handoffs } from './handoff.ts';
import { messages } from './message.ts';
import { metrics } from './metrics.ts';
import { objections } from './objection.ts';
import { qualification } from './qualification.ts';
import { search } from './search.ts';
import { session } from './session.ts';
import { stages } from './stage.ts';
import { tenant } from './tenant.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  admin,
  agents,
  conversations,
  deals,
  feed,
  followUps,
  handoffs,
  messages,
  metrics,
  objections,
  qualification,
  search,
  session,
  stages,
  tenant,
});

export type AppRouter = typeof appRouter;
