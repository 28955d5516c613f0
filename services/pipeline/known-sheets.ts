// What is known of judged sheets: as stored, replaced by those judged since. Levels of a day read the samples of all detections on
// the days before it, so their version is the sum of those samples' versions, and of the exceptions that concern the day.

import type { Definition } from '../core/detections/definition.js';
import { type Exceptions, NO_EXCEPTIONS } from '../core/exceptions/exception.js';
import type { Sample } from '../core/judge/calibration.js';
import { type DayLevels, levelRange, prepareLevels } from '../core/judge/levels.js';
import { ensure } from '../core/maps.js';
import type { Day } from '../core/time.js';
import { type Judgement, type JudgeStore, type StoredJudgement, sheetKey } from './store/judge-store.js';

export interface Catalogue {
  readonly definitions: readonly Definition[];
  /** alerts a day */
  readonly alertBudget: number;
}

/** Levels kept: those of neighbouring days are wanted together. */
const MAX_LEVELS = 8;

export class KnownSheets {
  private readonly sheets = new Map<string, StoredJudgement>();
  private known: { from: Day; to: Day } | null = null;
  /** as last read; trusted until they are said to have changed */
  exceptions: Exceptions = NO_EXCEPTIONS;
  private areExceptionsTrusted = false;
  private readonly levelVersions = new Map<Day, bigint>();
  private readonly levels = new Map<Day, { version: bigint; levels: DayLevels }>();

  constructor(
    private readonly store: Pick<JudgeStore, 'readJudgements' | 'readExceptions'>,
    private readonly catalogue: Catalogue,
  ) {}

  /** Nothing that is remembered counts any more. */
  distrust(): void {
    this.sheets.clear();
    this.levelVersions.clear();
    this.known = null;
    this.areExceptionsTrusted = false;
  }

  distrustExceptions(): void {
    this.areExceptionsTrusted = false;
  }

  /** Reads the judgements of the days in [from, to] where they are not known, and those that their levels read. */
  async know(from: Day, to: Day): Promise<void> {
    const first = levelRange(from).from;
    const { known } = this;
    if (!this.areExceptionsTrusted) {
      this.exceptions = await this.store.readExceptions();
      this.areExceptionsTrusted = true;
      this.levelVersions.clear();
    }
    if (known === null) await this.read(first, to);
    else {
      if (first < known.from) await this.read(first, known.from - 1);
      if (to > known.to) await this.read(known.to + 1, to);
    }
    this.known = { from: Math.min(first, known?.from ?? first), to: Math.max(to, known?.to ?? to) };
  }

  private async read(from: Day, to: Day): Promise<void> {
    for (const [key, one] of await this.store.readJudgements(from, to)) this.sheets.set(key, one);
    this.levelVersions.clear();
  }

  of(detection: string, day: Day): StoredJudgement | undefined {
    return this.sheets.get(sheetKey(detection, day));
  }

  put(judgement: Judgement, configSeq: number): void {
    for (const day of this.levelVersions.keys()) if (day > judgement.day) this.levelVersions.delete(day);
    this.sheets.set(sheetKey(judgement.detection, judgement.day), {
      sample: judgement.sample,
      sampleVersion: judgement.sampleVersion,
      version: judgement.version,
      configSeq,
      findings: new Map(judgement.findings.map(({ anomaly_id, content }) => [anomaly_id, content])),
      unscored: judgement.unscored,
    });
  }

  /** Version of what the levels of a day read. */
  levelsVersion(day: Day): bigint {
    return ensure(this.levelVersions, day, () => {
      const { from } = levelRange(day);
      let version = this.exceptions.versionAt(day);
      for (const { id } of this.catalogue.definitions)
        for (let d = from; d < day; d++) version += this.of(id, d)?.sampleVersion ?? 0n;
      return version;
    });
  }

  /** Whether the samples that a sheet's levels read have changed since it was judged. */
  isLevelStale(detection: string, day: Day, configSeq: number): boolean {
    const one = this.of(detection, day);
    return one?.configSeq === configSeq && one.version !== one.sampleVersion + this.levelsVersion(day);
  }

  get openFindings(): number {
    let open = 0;
    for (const { findings } of this.sheets.values()) open += findings.size;
    return open;
  }

  levelsOf(day: Day, version: bigint): DayLevels {
    const kept = this.levels.get(day);
    if (kept?.version === version) return kept.levels;
    const sampleOf = (detection: string, d: Day): Sample | undefined => this.of(detection, d)?.sample;
    const levels = prepareLevels(day, this.catalogue.definitions, sampleOf, {
      budgetPerDay: this.catalogue.alertBudget,
    });
    this.levels.set(day, { version, levels });
    for (const oldest of this.levels.keys()) if (this.levels.size > MAX_LEVELS) this.levels.delete(oldest);
    return levels;
  }
}
