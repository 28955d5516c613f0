// Every declared metric has a sentence, a unit in its name, a place in docs/metrics.md, and somebody who sets it; no label can carry
// a person's or a customer's id.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as alerting from '../../../services/platform/metrics/alerting.js';
import * as metrics from '../../../services/platform/metrics/metrics.js';
import { describeMetrics, metricsTable } from '../../../services/platform/metrics/reference.js';
import { projectRoot } from '../../../services/platform/root.js';
import { metricsPage } from './page.js';

const declared = describeMetrics(metrics.registry);

/** Names of ours, each of which has few values; a new one needs a thought about who chooses its values. */
const LABELS = [
  ...['feed', 'reason', 'stage', 'part', 'detection', 'severity', 'cache', 'result'],
  // Of the alerter: destinations are named in its routing file.
  ...['destination', 'action', 'outcome', 'level'],
];
const UNIT = /_(seconds|bytes|ratio)(_|$)/;
/** Gauges that count things or answer yes or no: their names say what is counted. */
const COUNTED = [
  'keyhole_lag_events',
  'keyhole_landings_waiting',
  'keyhole_partitions_held',
  'keyhole_open_findings',
  'keyhole_part_away',
  'keyhole_is_judge',
  'keyhole_dead_letter_breaker_open',
  'keyhole_alert_items_pending',
  'keyhole_alert_debt',
];

describe('the declared metrics', () => {
  test('are there', () => {
    expect(declared.length).toBeGreaterThan(20);
    expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
  });

  test.each(declared)('$name is explained by a sentence', ({ name, help }) => {
    expect(name).toMatch(/^keyhole_[a-z]+(_[a-z0-9]+)+$/);
    expect(help).toMatch(/^[A-Z0-9].{20,}\.$/);
  });

  test.each(declared)('$name says its unit', ({ name, type }) => {
    if (type === 'counter') expect(name).toMatch(/_total$/);
    else if (!COUNTED.includes(name)) expect(name).toMatch(UNIT);
  });

  test.each(declared)('$name has labels of ours alone', ({ labels }) => {
    expect(labels.filter((label) => !LABELS.includes(label))).toEqual([]);
  });

  test('stand in docs/metrics.md as they are declared (else: node dist/test/platform/metrics/write-page.js)', () => {
    const page = readFileSync(join(projectRoot, 'docs', 'metrics.md'), 'utf8');
    expect(page).toContain(metricsTable(declared));
    expect(page).toBe(metricsPage());
  });

  test('are each set by somebody', () => {
    const names = new Map(Object.entries({ ...metrics, ...alerting }).map(([key, metric]) => [metric as unknown, key]));
    const sources = readdirSync(join(projectRoot, 'services'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(projectRoot, 'services', path), 'utf8'));
    const unset = metrics.registry
      .getMetricsAsArray()
      .map((metric) => names.get(metric))
      .filter((key) => key !== undefined)
      .filter((key) => {
        const setting = new RegExp(`\\b${key}\\s*\\.?\\s*(set|inc|observe|startTimer|setToCurrentTime)\\(`);
        const collecting = new RegExp(`const ${key} = new Gauge\\(\\{(?:(?!\\n\\}\\);)[\\s\\S])*collect\\(`);
        return !sources.some((text) => setting.test(text) || collecting.test(text));
      });
    expect(unset).toEqual([]);
  });
});

describe('the age of what is not committed', () => {
  test('is that of the oldest, and zero once all is', async () => {
    const text = async (): Promise<number> =>
      Number(/^keyhole_oldest_uncommitted_seconds (\S+)$/m.exec(await metrics.registry.metrics())?.[1]);
    const first = {};
    const second = {};
    expect(await text()).toBe(0);
    metrics.beginUncommitted(first);
    metrics.beginUncommitted(second);
    metrics.endUncommitted(second);
    expect(await text()).toBeGreaterThan(0);
    metrics.endUncommitted(first);
    expect(await text()).toBe(0);
  });
});

describe('the dead-letter ratio', () => {
  test('follows what is read, and forgets', async () => {
    const ratio = async (): Promise<number> => (await metrics.deadLetterRatio.get()).values[0]?.value ?? Number.NaN;
    for (let batch = 0; batch < 20; batch++) metrics.countBroken(9_800, 200);
    expect(await ratio()).toBeCloseTo(0.02, 6);
    for (let batch = 0; batch < 20; batch++) metrics.countBroken(10_000, 0);
    expect(await ratio()).toBeLessThan(1e-6);
    metrics.countBroken(0, 0);
    expect(await ratio()).toBeLessThan(1e-6);
  });
});
