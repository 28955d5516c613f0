// An evaluation as one HTML file that needs nothing else: recall, precision and delay as plots, and every figure as a table below.

import type { BudgetResult, FamilyResult } from '../../core/evaluate/assess.js';
import type { CalibrationTable } from '../../core/evaluate/calibration.js';
import type { Evaluation } from '../evaluate.js';
import { bars, escaped, lines } from './svg.js';

const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(100 * share)} %`);
const number = (value: number | null): string => (value === null ? '–' : String(Math.round(10 * value) / 10));

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5c6878; --line: #dde2e9; --back: #ffffff; --s0: #1d5fd1; --s1: #c2570c; --s2: #2c8653; --band: #2c865322; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa6b5; --line: #333c48; --back: #14181e; --s0: #6ea3ff; --s1: #f0995a; --s2: #6cc794; --band: #6cc79422; } }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1.25rem; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; } .scroll + .scroll, .scroll + .plots, .plots + .scroll { margin-top: 1.4rem; } p { margin: .3rem 0; color: var(--dim); }
.head { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin: 1.2rem 0; } .head div { color: var(--dim); } .head b { display: block; font-size: 1.7rem; font-weight: 600; color: var(--ink); line-height: 1.2; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .3rem; } svg { width: 100%; height: auto; display: block; }
svg text { font-size: 12px; fill: var(--dim); } .grid { stroke: var(--line); } .band { fill: var(--band); } .line { fill: none; stroke-width: 2.5; }
.legend { font-weight: 400; margin-left: 1rem; } .key { margin-right: 1rem; color: var(--dim); white-space: nowrap; } .key i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .35rem; }
.line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); } .line.s2 { stroke: var(--s2); } .dot.s0 { fill: var(--s0); } .dot.s1 { fill: var(--s1); } .dot.s2 { fill: var(--s2); }
i.s0 { background: var(--s0); } i.s1 { background: var(--s1); } i.s2 { background: var(--s2); } .track { fill: var(--line); } .bar { fill: var(--s0); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; } th:first-child, td:first-child { text-align: left; } th { color: var(--dim); font-weight: 500; }
`;

export function renderPage(evaluation: Evaluation): string {
  const { period, keyhole, calibration } = evaluation;
  const title = `Keyhole: ${period.from.slice(0, 10)} to ${period.to.slice(0, 10)}`;
  const body = [
    `<h1>${escaped(title)}</h1>`,
    `<p>${period.days_judged} days judged; ${keyhole.offenders} offenders in the truth. An offender is found when an alert names the person, or a seller or cluster of the campaign, between its start and three days after its end.</p>`,
    headline(evaluation),
    ...(keyhole.offenders > 0 ? [budgetPlots(evaluation), campaigns(keyhole.families), budgetTable(evaluation)] : []),
    ...(calibration === null ? [] : [calibrationPart(calibration)]),
  ];
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>\n<body>\n${body.join('\n')}\n</body>\n</html>\n`;
}

function headline({ keyhole }: Evaluation): string {
  const figures: [value: string, name: string][] = [
    [String(keyhole.alerts_per_day), 'alerts a day'],
    ...(keyhole.offenders > 0
      ? ([
          [percent(keyhole.recall), `of offenders found (${keyhole.found} of ${keyhole.offenders})`],
          [percent(keyhole.precision), 'of those alerted rightly'],
          [number(keyhole.median_days_to_detection), 'days to detection (median)'],
        ] satisfies [string, string][])
      : []),
    [String(keyhole.honest_people_alerted), 'honest people alerted'],
  ];
  return `<div class="head">${figures.map(([value, name]) => `<div><b>${escaped(value)}</b>${escaped(name)}</div>`).join('')}</div>`;
}

function budgetPlots({ keyhole, rules }: Evaluation): string {
  const all = [
    { name: 'keyhole', budgets: keyhole.budgets },
    ...rules.map(({ rule, budgets }) => ({ name: rule, budgets })),
  ];
  const steps = keyhole.budgets.map((one) => String(one.alerts_per_day));
  const plot = (
    title: string,
    value: (one: BudgetResult) => number | null,
    most: number,
    format: (value: number) => string,
  ): string =>
    lines({
      title,
      steps,
      stepsName: 'alerts a day',
      series: all.map(({ name, budgets }) => ({ name, values: budgets.map(value) })),
      format,
      most,
    });
  const delays = all.flatMap(({ budgets }) => budgets.map((one) => one.median_days_to_detection ?? 0));
  const mostDays = Math.max(4, 4 * Math.ceil(Math.max(...delays) / 4));
  return `<h2>At alert budgets</h2><div class="plots">${[
    plot('Recall of offenders', (one) => one.recall, 1, percent),
    plot('Precision of those alerted', (one) => one.precision, 1, percent),
    plot('Days to detection (median)', (one) => one.median_days_to_detection, mostDays, number),
  ].join('')}</div>`;
}

function campaigns(families: readonly FamilyResult[]): string {
  const found = families.map(({ campaign, planted, found: hits, median_days_to_detection: days }) => ({
    name: campaign,
    share: planted === 0 ? 0 : hits / planted,
    note: `${hits} of ${planted}${days === null ? '' : `, ${number(days)} days`}`,
  }));
  return `<h2>By campaign, with the alerts as they were</h2>${bars('Offenders found, and the median of days from the campaign’s start', found)}`;
}

function budgetTable({ keyhole, rules }: Evaluation): string {
  const all = [
    { name: 'keyhole', budgets: keyhole.budgets },
    ...rules.map(({ rule, budgets }) => ({ name: rule, budgets })),
  ];
  const head = ['alerts a day', ...all.flatMap(({ name }) => [`${name}: recall`, 'precision', 'days'])];
  const rows = keyhole.budgets.map((one, at) => [
    String(one.alerts_per_day),
    ...all.flatMap(({ budgets }) => {
      const result = budgets[at];
      return [
        percent(result?.recall ?? null),
        percent(result?.precision ?? null),
        number(result?.median_days_to_detection ?? null),
      ];
    }),
  ]);
  const families = keyhole.families.map(({ campaign }) => [
    campaign,
    ...all.flatMap(({ budgets }) => budgets.map((one) => foundOf(one, campaign))),
  ]);
  const familyHead = [
    'found at',
    ...all.flatMap(({ name, budgets }) => budgets.map((one) => `${name} ${one.alerts_per_day}`)),
  ];
  return `<h2>All figures</h2>${table(head, rows)}${table(familyHead, families)}`;
}

function foundOf(result: BudgetResult, campaign: string): string {
  const family = result.families.find((one) => one.campaign === campaign);
  return family === undefined ? '–' : `${family.found}/${family.planted}`;
}

function calibrationPart({ honest_only, budget_per_day, levels, periods, detections }: CalibrationTable): string {
  const what = honest_only
    ? 'Nobody offended here: every alert is a false one, and the budget should come true.'
    : 'Offenders are among those observed.';
  const most = Math.max(2, Math.ceil(Math.max(...periods.map((one) => one.alerts_per_day / budget_per_day))));
  const plot = lines({
    title: 'Alerts over the budget, by ten days',
    steps: periods.map((one) => one.from.slice(5)),
    stepsName: 'from',
    series: [{ name: 'alerts / budget', values: periods.map((one) => one.alerts_per_day / budget_per_day) }],
    format: (value) => value.toFixed(1),
    most,
    band: { from: 0.5, to: Math.min(1.5, most) },
  });
  return [
    `<h2>Expected against observed alarms</h2><p>A budget of ${budget_per_day} alerts a day. ${what}</p>`,
    table(
      ['level and above', 'expected a day', 'observed a day', 'observed / expected'],
      levels.map((one) => [
        one.level,
        String(one.expected_per_day),
        String(one.observed_per_day),
        one.ratio.toFixed(2),
      ]),
    ),
    `<div class="plots">${plot}</div>`,
    table(
      ['detection', 'alerts'],
      detections.map((one) => [one.detection, String(one.alerts)]),
    ),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}
