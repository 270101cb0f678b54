import { readFile } from 'node:fs/promises';
import type { Store } from '@baton/repository';
import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from './metrics.ts';

const file = (path: string) => readFile(new URL(`../../../../../${path}`, import.meta.url), 'utf8');

const Dashboard = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) }),
  ),
});
const Alerts = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Baton[A-Za-z]+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+m$/),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const dashboard = Dashboard.parse(JSON.parse(await file('deploy/monitoring/grafana-dashboard.json')));
const rules = Alerts.parse(parse(await file('deploy/monitoring/alerts.yaml'))).groups.flatMap(
  (group) => group.rules,
);
const queries = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

/** The series that a process shows, and the labels that each may have. */
const series = new Map<string, ReadonlySet<string>>();
let shown: string;
beforeAll(async () => {
  const metrics = createMetrics(10);
  const idle = { waiting: 0, inFlight: 0 };
  const store: Pick<Store, 'load' | 'backlog'> = {
    load: {
      commands: { waiting: 0, unanswered: 0, oldestMs: 0, batchesInFlight: 0, waitingByTenant: new Map() },
      reads: { lanes: { quick: idle, slow: idle, feed: idle }, oldestMs: 0 },
      subscriptions: 0,
      unreadable: 0,
    },
    backlog: () => Promise.reject(new Error('MongoDB is away')),
  };
  metrics.follow({ store, pools: {}, isReady: async () => false });
  shown = await metrics.registry.metrics();
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) {
    const metric = metrics.registry.getSingleMetric(name);
    const labels = new Set<string>(
      metric !== undefined && 'labelNames' in metric && Array.isArray(metric.labelNames)
        ? metric.labelNames
        : [],
    );
    if (String(type) === 'histogram') {
      series.set(`${name}_bucket`, new Set([...labels, 'le']));
      for (const part of ['sum', 'count']) series.set(`${name}_${part}`, labels);
    } else series.set(name, labels);
  }
});

/** What a query reads: its series, and the labels that it groups and filters by. Fails where it is no PromQL. */
function readQuery(query: string): { names: string[]; labels: string[] } {
  // Grafana fills these in.
  const text = query.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'baton');
  const names: string[] = [];
  const labels: string[] = [];
  parser.parse(text).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`Not PromQL at ${from}: ${text}`);
      if (name === 'Identifier') names.push(text.slice(from, to));
      if (name === 'LabelName') labels.push(text.slice(from, to));
    },
  });
  return { names, labels };
}

describe('the dashboard and the alerts', () => {
  test('ask for something, each query once', () => {
    expect(queries.length).toBeGreaterThan(50);
    expect(new Set(queries.map(([, query]) => query)).size).toBe(queries.length);
    expect(() => readQuery('sum(rate(baton_calls_total[5m])')).toThrow('Not PromQL');
  });

  test.each(queries)('%s asks for what a process shows: %s', (_, query) => {
    const { names, labels } = readQuery(query);
    expect(names.length).toBeGreaterThan(0);
    const known = new Set([...names.flatMap((name) => [...(series.get(name) ?? [])]), 'job', 'instance']);
    expect(names.filter((name) => !series.has(name))).toEqual([]);
    expect(labels.filter((label) => !known.has(label))).toEqual([]);
  });

  test('leave out none of our own metrics', () => {
    const asked = new Set(queries.flatMap(([, query]) => readQuery(query).names));
    const families = [...series.keys()].filter((name) => name.startsWith('baton_'));
    const unused = families.filter((name) => !asked.has(name) && !/_(?:sum|count)$/.test(name));
    expect(unused).toEqual([]);
  });

  test('have a section of the runbook for each alert', async () => {
    const runbook = await file('docs/runbook.md');
    const sections = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules)
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  });
});

test('a process whose MongoDB is away shows its metrics, but none of the backlog', () => {
  expect(shown).toMatch(/^baton_ready 0$/m);
  expect(shown).not.toMatch(/^baton_claims_held \d/m);
});
