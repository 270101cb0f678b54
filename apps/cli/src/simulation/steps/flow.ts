import { HOUR_MS } from '../durations.ts';
import { type MessageLabel, required, type Step } from '../script.ts';

export function wait(ms: number): Step {
  return (script) => script.wait(ms);
}

export function waitDays(from: number, to: number): Step {
  return (script) => script.wait(script.random.integer(from * 24, to * 24) * HOUR_MS);
}

/** Gives the message of a step a label, so that later steps can refer to it. */
export function labeled(label: MessageLabel, step: Step): Step {
  return (script) => {
    step(script);
    script.labels.set(label, required(script.lastMessage, 'message'));
  };
}

/** Takes the first steps with this probability, 0 to 1, else the others. */
export function sometimes(probability: number, steps: readonly Step[], others: readonly Step[] = []): Step {
  return (script) => script.run(script.random.boolean(probability) ? steps : others);
}

/** Lets a label stand for the message of another label. */
export function relabel(label: MessageLabel, source: MessageLabel): Step {
  return ({ labels }) => void labels.set(label, required(labels.get(source), `message "${source}"`));
}
