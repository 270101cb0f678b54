import { type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime, millisToHrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

type Metric = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>;

/** What Prometheus would read of a registry, in OpenTelemetry's form: nothing is counted twice. */
export function registryProducer(registry: Registry, name: string): MetricProducer {
  const startTime = millisToHrTime(Date.now());
  return {
    async collect() {
      // The types leave out that the values of a histogram have names.
      const metrics = (await registry.getMetricsAsJSON()) as unknown as Metric[];
      const endTime = hrTime();
      const read = metrics.flatMap((metric) => dataOf(metric, startTime, endTime));
      return {
        resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name }, metrics: read }] },
        errors: [],
      };
    },
  };
}

function dataOf(metric: Metric, startTime: HrTime, endTime: HrTime): MetricData[] {
  const { name, help: description, values } = metric;
  const unit = name.includes('_seconds') ? 's' : name.includes('_bytes') ? 'By' : '1';
  const base = {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const point = <Value>(attributes: DataPoint<Value>['attributes'], value: Value): DataPoint<Value> => ({
    startTime,
    endTime,
    attributes,
    value,
  });
  const type = String(metric.type);
  if (type === 'histogram') {
    const dataPoints = histogramsOf(name, values).map(({ labels, value }) => point(labels, value));
    return [{ ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints }];
  }
  const dataPoints = values.map(({ labels, value }) => point(attributesOf(labels), value));
  if (type === 'counter')
    return [{ ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }];
  return type === 'gauge' ? [{ ...base, dataPointType: DataPointType.GAUGE, dataPoints }] : [];
}

type Labels = Record<string, string | number>;

function attributesOf(labels: Partial<Labels>): Labels {
  const given = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(given);
}

/** Prometheus counts upwards to each boundary, OpenTelemetry between them. */
function histogramsOf(name: string, values: Metric['values']): { labels: Labels; value: Histogram }[] {
  const series = Map.groupBy(values, ({ labels }) => {
    const { le: _le, ...own } = attributesOf(labels);
    return JSON.stringify(own);
  });
  return [...series].map(([key, own]) => {
    const valueOf = (part: string) =>
      own.find(({ metricName }) => metricName === `${name}_${part}`)?.value ?? 0;
    const buckets = own.filter(({ metricName }) => metricName === `${name}_bucket`);
    const counts = buckets.map(({ value }, index) => value - (buckets[index - 1]?.value ?? 0));
    const boundaries = buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite);
    const value = { buckets: { boundaries, counts }, sum: valueOf('sum'), count: valueOf('count') };
    return { labels: JSON.parse(key), value };
  });
}
