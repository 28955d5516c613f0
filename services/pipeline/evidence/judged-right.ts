// Whether judgements that were made again after their hour was sealed could have been: each says on how much it rests, under a
// configuration that was adopted, and that much has to be stored. What follows from it, `rescore --check` recomputes.

import type { Definition } from '../../core/detections/definition.js';
import { kindOf } from '../../core/judge/kinds.js';
import type { Day } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { COMPLAINT_REACH_DAYS, JudgeWorld } from '../judge-world.js';
import { KnownSheets } from '../known-sheets.js';
import { isIncomplete } from '../retention/complete.js';
import { type JudgeStore, sheetKey } from '../store/judge-store.js';

export interface JudgedWindow {
  readonly detection: string;
  /** last day of the window */
  readonly day: Day;
}

export type JudgedRight = (windows: readonly JudgedWindow[]) => Promise<boolean>;

const CACHED_BYTES = 16_000_000;

export const judgedRight =
  (ch: ClickHouse, store: JudgeStore): JudgedRight =>
  async (windows) => {
    const days = windows.map(({ day }) => day);
    // Read before what they rest on, which only grows.
    const sheets = new Map<number, KnownSheets>();
    const world = new JudgeWorld(store, CACHED_BYTES);
    const stored = await store.readJudgements(Math.min(...days), Math.max(...days));
    const configurations = await readConfigurations(ch);
    await world.refresh();
    for (const { detection, day } of windows) {
      const judgement = stored.get(sheetKey(detection, day));
      const definitions = configurations.get(judgement?.configSeq ?? -1);
      const definition = definitions?.find(({ id }) => id === detection);
      if (judgement === undefined || definitions === undefined || definition === undefined) return false;
      const known = sheets.get(judgement.configSeq) ?? new KnownSheets(store, { definitions, alertBudget: 0 });
      sheets.set(judgement.configSeq, known);
      const kind = kindOf(definition);
      const range = kind.rangeRead(definition, day);
      if (await isIncomplete(ch, { from: range.from - COMPLAINT_REACH_DAYS, to: range.to })) continue;
      await known.know(day, day);
      await world.prepare(kind, range);
      if (judgement.sampleVersion > world.versionOf(kind, range)) return false;
      if (judgement.version > judgement.sampleVersion + known.levelsVersion(day)) return false;
    }
    return true;
  };

/** Definitions of each configuration that was adopted, by its number. */
async function readConfigurations(ch: ClickHouse): Promise<ReadonlyMap<number, readonly Definition[]>> {
  const rows = await ch.query<{ seq: number; body: string }>('SELECT seq, body FROM {db}.configurations FINAL');
  return new Map(
    rows.map(({ seq, body }) => {
      const { definitions }: { definitions: Definition[] } = JSON.parse(body);
      return [seq, definitions];
    }),
  );
}
