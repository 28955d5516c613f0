// The days that sheets read, kept in memory within a bound of bytes. A kept frame is used only while its version is the one that the
// database has, and rows of some actors are replaced in it as they are in the database; so judgements with the cache and without are
// equal, and dropping a day costs one query.

import { buildFrame, type DayFrame, patchFrame } from '../core/judge/frame.js';
import type { FrameNames } from '../core/judge/names.js';
import type { Day } from '../core/time.js';
import { cacheBytes, cacheRequests } from '../platform/metrics/metrics.js';
import type { ActorDay, JudgeStore } from './store/judge-store.js';
import { toFrameColumns } from './store/judge-store-days.js';

interface Kept {
  readonly frame: DayFrame;
  /** version of each actor's part, kept of days that are being patched */
  versions: Map<string, bigint> | null;
}

/** While one day is taken apart, the database reads the next. */
const READ_AT_ONCE = 2;

export class DayFrames {
  private readonly kept = new Map<Day, Kept>();
  private readonly versions = new Map<Day, bigint>();
  /** days between which `versions` is complete; null before the first look */
  private known: { from: Day; to: Day } | null = null;
  /** days that were touched since the start: patched rather than read again */
  private readonly hot = new Set<Day>();
  /** days that were rewritten in the database since their versions were learnt */
  private readonly stale = new Set<Day>();
  /** rows that were put into frames and are on their way into the database */
  private writing: Promise<void> = Promise.resolve();
  bytes = 0;

  constructor(
    private readonly store: JudgeStore,
    private readonly names: FrameNames,
    private readonly maxBytes: number,
    /** rows of these actors were put in place of theirs, by which the day's version grew */
    private readonly onPatched: (day: Day, actors: readonly string[], growth: bigint) => void = () => {},
  ) {}

  /** Nothing that is remembered counts any more, until it is found to be current. */
  distrust(): void {
    this.versions.clear();
    this.known = null;
  }

  /** Learns the versions of the days in [from, to] where they are not known; kept frames of another version go. */
  async know(from: Day, to: Day): Promise<void> {
    if (this.known === null) await this.learn(from, to);
    else {
      if (from < this.known.from) await this.learn(from, this.known.from - 1);
      if (to > this.known.to) await this.learn(this.known.to + 1, to);
    }
    this.known = { from: Math.min(from, this.known?.from ?? from), to: Math.max(to, this.known?.to ?? to) };
  }

  /** The database is read only once it has what was put into frames: before, it would take them back. */
  awaitBeforeReading(writing: Promise<void>): void {
    this.writing = writing;
  }

  private async learn(from: Day, to: Day): Promise<void> {
    await this.writing;
    for (const [day, version] of await this.store.dayVersions(from, to)) {
      this.versions.set(day, version);
      if (this.kept.get(day)?.frame.version !== version) this.drop(day);
    }
  }

  /** Days with data within what is known, ascending, from `from` to `to`. */
  days(from: Day, to: Day): Day[] {
    return [...this.versions.keys()].filter((day) => day >= from && day <= to).sort((a, b) => a - b);
  }

  versionOf(day: Day): bigint {
    return this.versions.get(day) ?? 0n;
  }

  /** Whether the day is in memory, so that rows of single actors can be replaced in it. */
  canPatch(day: Day): boolean {
    this.hot.add(day);
    return this.kept.get(day)?.versions != null;
  }

  /** Puts rows, just computed, in the place of those of the same actors. */
  patch(day: Day, rows: readonly ActorDay[]): void {
    const kept = this.kept.get(day);
    if (kept === undefined || kept.versions === null) {
      this.forget(day);
      return;
    }
    const before = kept.frame.version;
    let version = before;
    const newer = rows.filter((row) => row.version > (kept.versions?.get(row.actor_id) ?? 0n));
    if (newer.length === 0) return;
    for (const row of newer) {
      version += row.version - (kept.versions.get(row.actor_id) ?? 0n);
      kept.versions.set(row.actor_id, row.version);
    }
    const actors = newer.map((row) => row.actor_id);
    const frame = patchFrame(kept.frame, this.names, actors, toFrameColumns(newer), version);
    const { versions } = kept;
    this.drop(day);
    this.keep(day, { frame, versions });
    this.versions.set(day, version);
    this.onPatched(day, actors, version - before);
  }

  /** The day was rewritten in the database: its version is to be learnt again. */
  forget(day: Day): void {
    this.drop(day);
    this.versions.delete(day);
    this.stale.add(day);
  }
  /** Learns the versions of days that were rewritten. */
  async relearn(): Promise<void> {
    if (this.stale.size === 0) return;
    const days = [...this.stale].sort((a, b) => a - b);
    this.stale.clear();
    await this.learn(days[0] as Day, days.at(-1) as Day);
  }

  /** Brings days into memory; those of them that have data are then there. */
  async load(days: Iterable<Day>): Promise<void> {
    const wanted = new Set(days);
    const missing: Day[] = [];
    for (const day of wanted) {
      if (!this.versions.has(day)) continue;
      const kept = this.kept.get(day);
      cacheRequests.inc({ cache: 'frames', result: kept === undefined ? 'miss' : 'hit' });
      this.kept.delete(day);
      if (kept === undefined) missing.push(day);
      else this.kept.set(day, kept);
    }
    for (let i = 0; i < missing.length; i += READ_AT_ONCE)
      await Promise.all(missing.slice(i, i + READ_AT_ONCE).map((day) => this.read(day)));
    this.shrink(wanted);
    cacheBytes.set({ cache: 'frames' }, this.bytes);
  }

  frame(day: Day): DayFrame | undefined {
    return this.kept.get(day)?.frame;
  }

  private async read(day: Day): Promise<void> {
    await this.writing;
    const { columns, versions } = await this.store.readDay(day);
    let version = 0n;
    for (const one of versions.values()) version += one;
    const frame = buildFrame(day, this.names, columns, version);
    this.keep(day, { frame, versions: this.hot.has(day) ? new Map(versions) : null });
    this.versions.set(day, version);
  }

  private keep(day: Day, kept: Kept): void {
    this.kept.set(day, kept);
    this.bytes += kept.frame.bytes;
  }

  /** Least recently read first, but never what was just asked for. */
  private shrink(wanted: ReadonlySet<Day>): void {
    for (const day of this.kept.keys()) {
      if (this.bytes <= this.maxBytes) return;
      if (!wanted.has(day)) this.drop(day);
    }
  }

  private drop(day: Day): void {
    this.bytes -= this.kept.get(day)?.frame.bytes ?? 0;
    this.kept.delete(day);
  }
}
