// An evaluation for people: what was found of each family, and recall and precision at each budget beside the simple rules.

import Table from 'cli-table3';
import type { BudgetResult } from '../../core/evaluate/assess.js';
import type { CalibrationTable } from '../../core/evaluate/calibration.js';
import type { Evaluation } from '../evaluate.js';

const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(100 * share)} %`);
const days = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const plain = { style: { head: [], border: [] } };

export function renderEvaluation({ period, keyhole, rules, calibration }: Evaluation): string {
  const families = new Table({ ...plain, head: ['campaign', 'planted', 'found', 'days to detection (median)'] });
  for (const one of keyhole.families) {
    families.push([one.campaign, one.planted, one.found, days(one.median_days_to_detection)]);
  }
  families.push(['all', keyhole.offenders, keyhole.found, days(keyhole.median_days_to_detection)]);
  const budgets = new Table({
    ...plain,
    head: [
      'alerts a day',
      ...['keyhole', ...rules.map((one) => one.rule)].flatMap((name) => [`${name}: recall`, 'precision']),
    ],
  });
  keyhole.budgets.forEach((own, at) => {
    const others = rules.map((one) => one.budgets[at]).filter((one) => one !== undefined);
    budgets.push([String(own.alerts_per_day), ...[own, ...others].flatMap(cells)]);
  });
  return [
    `${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}, ${period.days_judged} days judged`,
    `${keyhole.alerts} alerts, ${keyhole.alerts_per_day} a day; ${keyhole.false_alerts} false, ${keyhole.honest_people_alerted} honest people alerted; ` +
      `recall ${percent(keyhole.recall)}, precision ${percent(keyhole.precision)}`,
    ...(keyhole.offenders > 0 ? [families.toString(), budgets.toString()] : []),
    ...(calibration?.honest_only ? calibrationLines(calibration) : []),
  ].join('\n');
}

/** Nobody offended: what the budget promised at each level beside what came. */
function calibrationLines({ levels, periods, detections }: CalibrationTable): string[] {
  const table = new Table({
    ...plain,
    head: ['level and above', 'expected a day', 'observed a day', 'observed / expected'],
  });
  for (const one of levels) table.push([one.level, one.expected_per_day, one.observed_per_day, one.ratio.toFixed(2)]);
  const overTime = periods.map((one) => `${one.from}: ${one.alerts_per_day}`).join(', ');
  const sources = detections.filter((one) => one.alerts > 0).map((one) => `${one.detection} ${one.alerts}`);
  return [
    'no offenders in the truth: every alert is a false one',
    table.toString(),
    `alerts a day from ${overTime}`,
    `alerts by detection: ${sources.join(', ') || 'none'}`,
  ];
}

function cells(result: BudgetResult): string[] {
  return [`${percent(result.recall)} (${result.found}/${result.offenders})`, percent(result.precision)];
}
