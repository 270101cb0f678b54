import { cost, money } from '../format/number.ts';

/** Whole cents, or millionths of a dollar for what a model cost. */
export function Money(props: { cents: number } | { micros: number }) {
  return <span className="tabular-nums">{'cents' in props ? money(props.cents) : cost(props.micros)}</span>;
}
