// The laboratory: `node …/test/lab/main.js [--rows] [--judge=id,id] FOLDER…` judges simulated case folders in memory and prints recall,
// precision and days to detection at alert budgets, by campaign family; for folders without offenders, the alerts a day beside the
// budget. With --judge only these detections are judged anew, the others' sheets are those of the run before.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { type Alert, alertsOf, credits, rightly } from '../../services/core/evaluate/alerts.js';
import { assess } from '../../services/core/evaluate/assess.js';
import { type Offender, parseTruth } from '../../services/core/evaluate/truth.js';
import { score } from '../../services/core/judge/scale.js';
import { startOf } from '../../services/core/time.js';
import { type Folded, foldFolder } from './fold.js';
import { definitions, type Judged, judgeAll, levelAll, type ToldRow, worldOf } from './run.js';

const BUDGETS = [0.5, 1, 2, 5, 10];
const FIRST_JUDGED = 20;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const folders = args.filter((one) => !one.startsWith('--'));
  const label = args.find((one) => one.startsWith('--without='))?.slice('--without='.length) ?? '';
  for (const folder of folders) {
    const folded = await foldFolder(folder, (one) => one, label);
    const sheets = join(tmpdir(), 'keyhole-lab', `${basename(resolve(folder))}${label}.sheets`);
    const known = args.includes('--levels-only') && existsSync(sheets);
    const anew = args.find((one) => one.startsWith('--judge='))?.slice('--judge='.length);
    const before = anew !== undefined && existsSync(sheets) ? (deserialize(readFileSync(sheets)) as Judged) : null;
    const catalogue = definitions().filter(({ id }) => before === null || anew?.split(',').includes(id));
    const judged = known
      ? (deserialize(readFileSync(sheets)) as Judged)
      : joined(before, judgeAll(worldOf(folded), folded.days, catalogue));
    if (!known) writeFileSync(sheets, serialize({ ...judged, sheets: withoutDetails(judged.sheets) }));
    report(folder, folded, judged, args);
  }
}

const joined = (before: Judged | null, anew: Judged): Judged => ({
  definitions: definitions(),
  days: anew.days,
  sheets: new Map([...(before?.sheets ?? []), ...anew.sheets]),
  msByDetection: anew.msByDetection,
});

/** Of a detail only the evidence is kept, for `brief`. */
const withoutDetails = (sheets: Judged['sheets']): Judged['sheets'] =>
  new Map(
    [...sheets].map(([key, { judged, top }]) => [
      key,
      { judged, unscored: [], top: top.map((one) => ({ ...one, detail: { text: brief(one.detail) } })) },
    ]),
  );

function report(folder: string, folded: Folded, judged: Judged, args: readonly string[]): void {
  const offenders = truthOf(folder, folded);
  const first = (folded.days[0] ?? 0) + FIRST_JUDGED;
  const observedDays = folded.days.filter((day) => day >= first).length;
  process.stdout.write(`\n== ${folder}: ${offenders.length} offenders\n`);
  const total = [...judged.msByDetection.values()].reduce((sum, ms) => sum + ms, 0);
  process.stdout.write(
    `judged in ${Math.round(total)} ms: ${[...judged.msByDetection].map(([id, ms]) => `${id} ${Math.round(ms)}`).join(', ')}\n`,
  );
  const budgets = args.includes('--brief') ? [1, 2] : BUDGETS;
  for (const budget of budgets) {
    const rows = levelAll(judged, budget).filter((row) => row.day >= first);
    const alerts = alertsOf(rows.filter(isAlert).map(findingOf));
    const perDay = (alerts.length / observedDays).toFixed(2);
    if (offenders.length === 0) {
      const sources = count(rows.filter(isAlert).map((row) => row.detection));
      const periods = [0, 10, 20, 30].map(
        (from) => alerts.filter((one) => one.day >= first + from && one.day < first + from + 10).length,
      );
      if (args.includes('--rows') && budget <= 1) {
        for (const row of rows.filter(isAlert))
          process.stdout.write(
            `   alert@${budget} ${row.key} ${row.detection}@${row.day - first} s=${row.surprise} a=${row.level.alarmsPerDay.toExponential(1)} ${brief(row.detail)}\n`,
          );
      }
      process.stdout.write(
        `budget ${budget}: ${perDay} a day (${periods.join(' ')}) = ${(alerts.length / observedDays / budget).toFixed(2)}×; rows ${rows.length}; ${sources}\n`,
      );
      continue;
    }
    const result = assess(alerts, offenders);
    process.stdout.write(
      `budget ${budget}: ${perDay} alerts a day, recall ${result.recall}, precision ${result.precision}, median days ${result.median_days_to_detection}, rows ${rows.length}\n`,
    );
    if (budget === 2) {
      for (const one of result.families) {
        process.stdout.write(`   ${one.campaign} ${one.found}/${one.planted} in ${one.median_days_to_detection} d\n`);
      }
      tell(alerts, offenders, rows, args);
    }
  }
}

function tell(
  alerts: readonly Alert[],
  offenders: readonly Offender[],
  rows: readonly ToldRow[],
  args: readonly string[],
): void {
  const alertRows = rows.filter(isAlert);
  const wrong = alerts.filter((alert) => !offenders.some((one) => rightly(alert, one)));
  const isWrong = (row: ToldRow): boolean => {
    const finding = findingOf(row);
    return wrong.some((alert) => alert.entity.id === finding.entity.id && alert.day === row.day);
  };
  process.stdout.write(`   right by ${count(alertRows.filter((row) => !isWrong(row)).map((row) => row.detection))}\n`);
  process.stdout.write(`   wrong by ${count(alertRows.filter(isWrong).map((row) => row.detection))}\n`);
  for (const one of offenders) {
    const found = alerts.filter((alert) => credits(alert, one));
    if (found.length > 0 && !args.includes('--rows')) continue;
    const own = rows
      .filter((row) => row.key === `actor ${one.actorId}`)
      .map(
        (row) =>
          `${row.detection}@${row.day} ${row.level.severity} ${row.level.alarmsPerDay.toExponential(1)}${found.length === 0 ? ` s=${row.surprise} ${brief(row.detail)}` : ''}`,
      );
    process.stdout.write(
      `   ${found.length === 0 ? 'missed' : `${found.length} alerts`} ${one.campaign} ${one.actorId} days ${startDay(one.fromMs)}–${startDay(one.toMs)}: ${own.slice(0, 8).join('; ')}\n`,
    );
  }
  if (!args.includes('--rows')) return;
  for (const row of alertRows.filter(isWrong)) {
    process.stdout.write(
      `   false ${row.key} ${row.detection}@${row.day} s=${row.surprise} a=${row.level.alarmsPerDay.toExponential(1)} ${brief(row.detail)}\n`,
    );
  }
}

const startDay = (ms: number): number => Math.floor(ms / startOf(1));

function brief(detail: unknown): string {
  if (typeof detail === 'object' && detail !== null && 'text' in detail) return String(detail.text);
  const { evidence, pieces } = detail as { evidence?: readonly Shown[]; pieces?: readonly Shown[] };
  return [...(evidence ?? []), ...(pieces ?? [])]
    .map(
      (one) =>
        `${one.kind ?? one.name} ${one.observed}/${Number(one.expected.toPrecision(3))} ${(-one.logP / Math.LN10).toFixed(1)}`,
    )
    .join(', ');
}

interface Shown {
  readonly kind?: string;
  readonly name?: string;
  readonly observed: number;
  readonly expected: number;
  readonly logP: number;
}

const isAlert = (row: ToldRow): boolean =>
  (row.level.severity === 'high' || row.level.severity === 'critical') && !row.key.startsWith('feed ');

function findingOf(row: ToldRow): { entity: Alert['entity']; score: number; detectedMs: number } {
  const [kind, ...id] = row.key.split(' ');
  return {
    entity: { kind: kind as 'actor' | 'seller' | 'cluster', id: id.join(' ') },
    score: score(row.level.alarmsPerDay),
    detectedMs: startOf(row.day + 1) - 1,
  };
}

function count(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
}

function truthOf(folder: string, folded: Folded): Offender[] {
  const path = join(folder, 'truth.ndjson');
  if (!existsSync(path)) return [];
  const clusters = new Map<string, string[]>();
  for (const { seller_id, cluster_id } of folded.links)
    clusters.set(seller_id, [...(clusters.get(seller_id) ?? []), cluster_id]);
  return parseTruth(readFileSync(path, 'utf8'), (seller) => clusters.get(seller) ?? []);
}

void main();
