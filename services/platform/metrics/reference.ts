// The metrics as a table for people, made from their declarations: what docs/metrics.md holds. Node's own metrics are left out; they
// are not ours to explain.

import type { Registry } from 'prom-client';

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Ours, in order of declaration. */
export function describeMetrics(registry: Registry): MetricDescription[] {
  return registry
    .getMetricsAsArray()
    .filter(({ name }) => !/^keyhole_(process|nodejs)_/.test(name))
    .map((metric) => ({
      name: metric.name,
      type: typeOf(metric),
      labels: 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [],
      help: metric.help,
    }));
}

function typeOf(metric: object): string {
  return metric.constructor.name.toLowerCase();
}

/** Rows of a Markdown table. */
export function metricsTable(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => {
    const shown = labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
    return `| \`${shown}\` | ${type} | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| metric | type | means |', '|---|---|---|', ...rows].join('\n');
}
