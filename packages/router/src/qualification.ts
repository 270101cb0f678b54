import {
  Change,
  GetQualification,
  page,
  Qualification,
  QualificationCheck,
  ListQualificationHistory,
  RecordedAnswer,
  RecordQualification,
} from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const qualification = {
  record: tenantProcedure
    .input(RecordQualification)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('qualification.record', input)),
  get: tenantProcedure
    .input(GetQualification)
    .output(Qualification)
    .query(({ ctx, input }) => ctx.store.qualification.get(ctx.tenantId, input)),
  check: tenantProcedure
    .input(GetQualification)
    .output(QualificationCheck)
    .query(({ ctx, input }) => ctx.store.qualification.check(ctx.tenantId, input)),
  history: tenantProcedure
    .input(ListQualificationHistory)
    .output(page(RecordedAnswer))
    .query(({ ctx, input }) => ctx.store.qualification.history(ctx.tenantId, input)),
};
