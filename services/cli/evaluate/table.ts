// An evaluation for people: what was found of each family, and recall and precision at each budget beside the simple rules.

import Table from 'cli-table3';
import type { BudgetResult } from '../../core/evaluate/assess.js';
import type { Evaluation } from '../evaluate.js';

const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(100 * share)} %`);
const days = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const plain = { style: { head: [], border: [] } };

export function renderEvaluation({ period, keyhole, rules }: Evaluation): string {
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
    families.toString(),
    budgets.toString(),
  ].join('\n');
}

function cells(result: BudgetResult): string[] {
  return [`${percent(result.recall)} (${result.found}/${result.offenders})`, percent(result.precision)];
}
