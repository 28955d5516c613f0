// Judges a folded case folder day by day as the pipeline does (raw sheets, then levels), and makes alerts of it (CONTRACT §2).

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Definition, parseDefinition } from '../../services/core/detections/definition.js';
import type { Sample } from '../../services/core/judge/calibration.js';
import { createClusters } from '../../services/core/judge/clusters.js';
import { createDirectory } from '../../services/core/judge/directory.js';
import { buildFrame, type DayFrame } from '../../services/core/judge/frame.js';
import { type RawSheet, sampleOf } from '../../services/core/judge/kind.js';
import { kindOf } from '../../services/core/judge/kinds.js';
import { type LevelledRow, levelSheet, prepareLevels } from '../../services/core/judge/levels.js';
import { createNames } from '../../services/core/judge/names.js';
import { createSellers } from '../../services/core/judge/sellers.js';
import type { World } from '../../services/core/judge/world.js';
import type { Day } from '../../services/core/time.js';
import { projectRoot } from '../../services/platform/root.js';
import type { Folded } from './fold.js';

export function definitions(): Definition[] {
  const folder = join(projectRoot, 'schemas', 'detections');
  return readdirSync(folder)
    .sort()
    .map((id) => {
      const parsed = parseDefinition(parse(readFileSync(join(folder, id, 'detection.yaml'), 'utf8')));
      if (!parsed.ok) throw new Error(`${id}: ${parsed.faults.join('; ')}`);
      return parsed.definition;
    });
}

export function worldOf(folded: Folded): World {
  const names = createNames();
  const frames = new Map<Day, DayFrame>();
  for (const [day, columns] of folded.columns)
    frames.set(day, buildFrame(day, names, columns, BigInt(columns.actor_id.length)));
  return {
    names,
    directory: createDirectory(folded.employees, 1n),
    clusters: createClusters(folded.links, 1n),
    sellers: createSellers(folded.sellers, 1n),
    frame: (day) => frames.get(day),
    presence: (day) => folded.presence.get(day),
    decisions: (day) => folded.decisions.get(day),
    complaints: (day) => folded.complaints.get(day),
    feeds: (day) => folded.feeds.get(day),
    matches: () => undefined,
  };
}

export interface Judged {
  readonly definitions: readonly Definition[];
  readonly days: readonly Day[];
  readonly sheets: ReadonlyMap<string, RawSheet>;
  readonly msByDetection: ReadonlyMap<string, number>;
}

const keyOf = (id: string, day: Day): string => `${id} ${day}`;

export function judgeAll(world: World, days: readonly Day[], catalogue: readonly Definition[]): Judged {
  const sheets = new Map<string, RawSheet>();
  const msByDetection = new Map<string, number>();
  for (const definition of catalogue) {
    const began = process.cpuUsage().user;
    for (const day of days) sheets.set(keyOf(definition.id, day), kindOf(definition).judge(definition, day, world));
    msByDetection.set(definition.id, (process.cpuUsage().user - began) / 1_000);
  }
  return { definitions: catalogue, days, sheets, msByDetection };
}

export interface ToldRow extends LevelledRow {
  readonly detection: string;
  readonly day: Day;
  readonly detail: unknown;
}

export function levelAll({ definitions: catalogue, days, sheets }: Judged, budgetPerDay: number): ToldRow[] {
  const samples = new Map<string, Sample>();
  for (const [key, sheet] of sheets) samples.set(key, sampleOf(sheet));
  const rows: ToldRow[] = [];
  for (const day of days) {
    const levels = prepareLevels(day, catalogue, (id, d) => samples.get(keyOf(id, d)), { budgetPerDay });
    for (const definition of catalogue) {
      const key = keyOf(definition.id, day);
      const sample = samples.get(key);
      if (sample === undefined) continue;
      for (const row of levelSheet(levels, definition, sample)) {
        const detail = sheets.get(key)?.top.find((one) => one.key === row.key)?.detail;
        rows.push({ ...row, detection: definition.id, day, detail });
      }
    }
  }
  return rows;
}
