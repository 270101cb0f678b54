import type { EndedCall } from '@baton/router';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { EndedWork, ProcessObserver } from '../process-observer.ts';

const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Calls, HTTP answers and work in the background. A procedure's name is one of the router's, so labels are bounded. */
export function callMetrics(registry: Registry): Omit<ProcessObserver, 'store'> {
  const registers = [registry];
  const calls = new Counter({
    name: 'baton_calls_total',
    help: 'Calls that ended, by procedure and code; OK is none of the codes of errors. A feed counts once it is open.',
    labelNames: ['procedure', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'baton_call_seconds',
    help: 'From the head of a request to the end of the call, its body and its place in queues included.',
    labelNames: ['procedure'],
    buckets: CALL_SECONDS,
    registers,
  });
  const answers = new Counter({
    name: 'baton_http_answers_total',
    help: 'HTTP answers that were written to their end, those to no procedure too.',
    labelNames: ['status'],
    registers,
  });
  const runs = new Counter({
    name: 'baton_work_runs_total',
    help: 'Runs of work in the background.',
    labelNames: ['work', 'outcome'],
    registers,
  });
  const workSeconds = new Histogram({
    name: 'baton_work_seconds',
    help: 'How long runs of work in the background took.',
    labelNames: ['work'],
    buckets: CALL_SECONDS,
    registers,
  });
  const expired = new Counter({
    name: 'baton_expired_total',
    help: 'Handoffs and claims that ran out and that this process settled.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of ['handoffs', 'claims']) expired.inc({ kind }, 0);
  return {
    onCall({ path: procedure, code, tookMs }: EndedCall) {
      calls.inc({ procedure, code });
      seconds.observe({ procedure }, tookMs / 1_000);
    },
    onAnswer: (status) => answers.inc({ status }),
    onWork({ work, isDone, tookMs }: EndedWork) {
      runs.inc({ work, outcome: isDone ? 'done' : 'failed' });
      workSeconds.observe({ work }, tookMs / 1_000);
    },
    onExpired: (kind, count) => expired.inc({ kind }, count),
  };
}
