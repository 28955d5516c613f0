// The world that sheets are judged in, as the database has it: whole parts read again when they were touched, days of each part kept
// while their version is the same. Its readers are synchronous; whoever judges a day has it loaded first.

import type { Definition } from '../core/detections/definition.js';
import { type Clusters, createClusters } from '../core/judge/clusters.js';
import { createDirectory, type Directory } from '../core/judge/directory.js';
import type { DayFrame } from '../core/judge/frame.js';
import type { Kind, Range } from '../core/judge/kind.js';
import { createNames } from '../core/judge/names.js';
import { createSellers, type Sellers } from '../core/judge/sellers.js';
import type {
  ComplaintDay,
  DayPart,
  DecisionDay,
  FeedDay,
  MatchDay,
  PresenceDay,
  World,
  WorldPart,
} from '../core/judge/world.js';
import { daysBefore, readsClusters } from '../core/sigma/sigma-rule.js';
import type { Day } from '../core/time.js';
import { DayFrames } from './day-frames.js';
import { PartDays } from './part-days.js';
import { RuleMatches } from './sigma/rule-matches.js';
import type { JudgeStore } from './store/judge-store.js';

/** How many days before a complaint its customer's readers are looked for. */
export const COMPLAINT_REACH_DAYS = 60;

export class JudgeWorld implements World {
  readonly names = createNames();
  readonly frames: DayFrames;
  directory: Directory = createDirectory([], 0n);
  clusters: Clusters = createClusters([], 0n);
  sellers: Sellers = createSellers([], 0n);
  private readonly rules: RuleMatches;
  private enforcements = 0n;
  private complaintVersions: { from: Day; to: Day; byDay: Map<Day, bigint> } | null = null;
  private readonly untrusted = new Set<WorldPart>(['directory', 'clusters', 'sellers', 'decisions', 'complaints']);
  private readonly presenceDays: PartDays<Omit<PresenceDay, 'version'>>;
  private readonly decisionDays: PartDays<Omit<DecisionDay, 'version'>>;
  private readonly complaintDays: PartDays<Omit<ComplaintDay, 'version'>>;
  private readonly feedDays: PartDays<Omit<FeedDay, 'version'>>;

  constructor(
    private readonly store: JudgeStore,
    maxBytes: number,
  ) {
    this.rules = new RuleMatches(store);
    this.frames = new DayFrames(store, this.names, maxBytes, (day, actors, growth) =>
      this.rules.changed(day, actors, growth),
    );
    this.presenceDays = new PartDays({ atOnce: 7, read: (days) => store.readPresence(days) });
    this.feedDays = new PartDays({ atOnce: 100, read: (days) => store.readFeeds(days) });
    this.decisionDays = new PartDays({ atOnce: 100, read: (days) => store.readDecisions(days) });
    this.complaintDays = new PartDays({ atOnce: 35, read: (days) => store.readComplaints(days, COMPLAINT_REACH_DAYS) });
  }

  /** Nothing that is remembered counts any more, until it is found to be current. */
  distrust(): void {
    this.frames.distrust();
    this.distrustContext();
  }

  distrustContext(): void {
    for (const part of ['directory', 'clusters', 'sellers', 'decisions', 'complaints'] as const) this.touch(part);
  }

  touch(part: WorldPart): void {
    this.untrusted.add(part);
  }

  /** Reads again what is not trusted, where its version is another. */
  async refresh(): Promise<void> {
    const { store, untrusted } = this;
    if (untrusted.delete('directory')) {
      const version = await store.contextVersion('employees');
      if (version !== this.directory.version) this.directory = createDirectory(await store.readEmployees(), version);
    }
    if (untrusted.delete('clusters')) {
      const version = await store.contextVersion('seller_links');
      if (version !== this.clusters.version) this.clusters = createClusters(await store.readLinks(), version);
    }
    if (untrusted.delete('sellers')) {
      const version = await store.contextVersion('sellers');
      if (version !== this.sellers.version) this.sellers = createSellers(await store.readSellers(), version);
    }
    if (untrusted.delete('decisions')) this.enforcements = await store.contextVersion('seller_enforcements');
    if (untrusted.delete('complaints')) this.complaintVersions = null;
  }

  frame(day: Day): DayFrame | undefined {
    return this.frames.frame(day);
  }
  presence(day: Day): PresenceDay | undefined {
    return this.presenceDays.of(day);
  }
  decisions(day: Day): DecisionDay | undefined {
    return this.decisionDays.of(day);
  }
  complaints(day: Day): ComplaintDay | undefined {
    return this.complaintDays.of(day);
  }
  feeds(day: Day): FeedDay | undefined {
    return this.feedDays.of(day);
  }

  matches(detection: string, day: Day): MatchDay | undefined {
    return this.rules.of(detection, day);
  }

  /** Brings what a rule matched in the range into memory. `load` first. */
  async loadMatches({ id, judge }: Definition, range: Range): Promise<void> {
    if (judge.kind !== 'sigma') return;
    const { rule } = judge;
    const before = daysBefore(rule);
    await this.rules.load(id, rule, { from: range.from + before, to: range.to }, (day) => {
      if (this.frames.versionOf(day) === 0n) return 0n;
      let version = readsClusters(rule) ? this.clusters.version : 0n;
      for (let d = day - before; d <= day; d++) version += this.frames.versionOf(d);
      return version;
    });
  }

  /** Version of all that a sheet of this kind reads in the range. `prepare` first. */
  versionOf({ parts }: Pick<Kind, 'parts'>, range: Range): bigint {
    let version = 0n;
    for (const part of parts) {
      if (part === 'directory' || part === 'clusters' || part === 'sellers') version += this[part].version;
      else for (let day = range.from; day < range.to; day++) version += this.dayVersion(part, day);
    }
    return version;
  }

  /** Learns the versions of the days in the range, without reading the days. */
  async prepare({ parts }: Pick<Kind, 'parts'>, range: Range): Promise<void> {
    const reach = parts.includes('complaints') ? COMPLAINT_REACH_DAYS : 0;
    await this.frames.know(range.from - reach, range.to - 1);
    if (parts.includes('complaints')) await this.knowComplaints(range.from, range.to - 1);
  }

  /** Brings the range's days of these parts into memory. `prepare` first. */
  async load({ parts }: Pick<Kind, 'parts'>, range: Range): Promise<void> {
    const days: Day[] = [];
    for (let day = range.from; day < range.to; day++) days.push(day);
    if (parts.includes('frames')) await this.frames.load(days);
    const versions = (part: DayPart): Map<Day, bigint> => new Map(days.map((day) => [day, this.dayVersion(part, day)]));
    if (parts.includes('presence')) await this.presenceDays.load(versions('presence'));
    if (parts.includes('feeds')) await this.feedDays.load(versions('feeds'));
    if (parts.includes('decisions')) await this.decisionDays.load(versions('decisions'));
    if (parts.includes('complaints')) await this.complaintDays.load(versions('complaints'));
  }

  /** 0n: nothing is stored of that part and day. */
  private dayVersion(part: DayPart, day: Day): bigint {
    if (part === 'decisions') return this.decisionVersion(day);
    if (part === 'complaints') return this.complaintVersion(day);
    return this.frames.versionOf(day);
  }

  /** A decision can be undone on any later day. */
  private decisionVersion(day: Day): bigint {
    if (this.frames.versionOf(day) === 0n) return 0n;
    let version = this.enforcements;
    for (const later of this.frames.days(day, Number.POSITIVE_INFINITY)) version += this.frames.versionOf(later);
    return version;
  }

  private complaintVersion(day: Day): bigint {
    let version = this.complaintVersions?.byDay.get(day) ?? 0n;
    if (version === 0n) return 0n;
    for (let before = day - COMPLAINT_REACH_DAYS; before <= day; before++) version += this.frames.versionOf(before);
    return version;
  }

  private async knowComplaints(from: Day, to: Day): Promise<void> {
    const known = this.complaintVersions;
    if (known !== null && known.from <= from && known.to >= to) return;
    const wider = { from: Math.min(from, known?.from ?? from), to: Math.max(to, known?.to ?? to) };
    this.complaintVersions = { ...wider, byDay: await this.store.complaintVersions(wider.from, wider.to) };
  }
}
