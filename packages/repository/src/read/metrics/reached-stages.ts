import { SALES_PATH, type SalesStage } from '@baton/schema';

/** Who entered one of these has come as far as a stage: on the path of a sale that stage or a later one. */
export function stagesFrom(stage: SalesStage): readonly SalesStage[] {
  const index = SALES_PATH.indexOf(stage);
  return index === -1 ? [stage] : SALES_PATH.slice(index);
}
