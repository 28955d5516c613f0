// The alert rules: of the right shape, each with what to do, naming only metrics that are declared; and, where promtool is on the
// PATH (Debian package `prometheus`), what promtool says of them. Where it is not, the test says so loudly and checks the rest.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { registry } from '../../services/platform/metrics/metrics.js';
import { describeMetrics } from '../../services/platform/metrics/reference.js';
import { RULES_FOLDER, readRules } from '../platform/metrics/page.js';

const { alerts, recordings } = readRules();
const declared = new Map(describeMetrics(registry).map((metric) => [metric.name, metric]));

/** Names of series in an expression, with the suffixes of a histogram's series taken off. */
function metricsIn(expr: string): string[] {
  const names = expr.match(/\bkeyhole_[a-z0-9_]+/g) ?? [];
  return names.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
}

/** Labels that an expression selects by or groups by. */
function labelsIn(expr: string): string[] {
  const selected = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
    [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const grouped = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(','));
  return [...selected, ...grouped].map((label) => label.trim()).filter((label) => label !== '');
}

describe('deploy/prometheus/rules.yml', () => {
  test.each(alerts)('$alert names metrics that are declared, by labels that they have', ({ expr }) => {
    const names = metricsIn(expr);
    const recorded = recordings.filter(({ record }) => expr.includes(record));
    expect(names.length + recorded.length).toBeGreaterThan(0);
    const foreign = names.filter((name) => !declared.has(name) && !/^keyhole_(process|nodejs)_/.test(name));
    expect(foreign).toEqual([]);
    const known = new Set(['instance', 'le', ...names.flatMap((name) => declared.get(name)?.labels ?? [])]);
    expect(labelsIn(expr).filter((label) => !known.has(label))).toEqual([]);
  });

  test.each(recordings)('$record is made of metrics that are declared', ({ record, expr }) => {
    expect(record).toMatch(/^keyhole:[a-z_]+:[a-z0-9_]+$/);
    expect(metricsIn(expr).filter((name) => !declared.has(name))).toEqual([]);
    expect(metricsIn(expr)).not.toEqual([]);
  });

  test('names each alert once, as Keyhole’s', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^Keyhole[A-Z]\w+$/.test(name))).toEqual([]);
  });

  test('refers only to rules that it has', () => {
    const used = alerts.flatMap(
      ({ expr, annotations }) => `${expr} ${annotations.runbook}`.match(/keyhole:[a-z_]+:[a-z0-9_]+/g) ?? [],
    );
    const missing = used.filter((name) => !recordings.some(({ record }) => record === name));
    expect(missing).toEqual([]);
  });
});

describe('deploy/prometheus/tests.yml', () => {
  const fixture = z.object({
    tests: z.array(
      z.object({
        name: z.string(),
        promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })).optional(),
      }),
    ),
  });
  const { tests } = fixture.parse(parse(readFileSync(join(RULES_FOLDER, 'tests.yml'), 'utf8')));

  test.each(alerts)('makes $alert fire', ({ alert }) => {
    const asked = tests
      .flatMap(({ promql_expr_test: asks }) => asks ?? [])
      .filter(({ expr }) => expr.includes(`"${alert}"`));
    expect(asked.some(({ exp_samples: samples }) => samples.length > 0)).toBe(true);
  });
});

describe('promtool', () => {
  const isThere = spawnSync('promtool', ['--version']).error === undefined;

  if (isThere)
    test('accepts the rules, and they do what the fixtures say', () => {
      const run = (...args: string[]): string =>
        execFileSync('promtool', args, { cwd: RULES_FOLDER, encoding: 'utf8' });
      expect(run('check', 'rules', 'rules.yml')).toContain('SUCCESS');
      expect(run('test', 'rules', 'tests.yml')).toContain('SUCCESS');
    });
  else
    test('is not on the PATH: install the Debian package `prometheus` to have the rules run', () => {
      process.stderr.write(
        '\n  NOT RUN: promtool is not on the PATH, so the Prometheus rules were checked for shape and names only.\n' +
          '           `apt-get install prometheus` brings it.\n\n',
      );
      expect(alerts.length).toBeGreaterThan(0);
    });
});
