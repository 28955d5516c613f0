// What the model stores, all of it: the tables that the two model stores write and read.

import type { Chance } from '../../../services/core/detections/cases/chance.js';
import type { ContextFeed, FeedRecords } from '../../../services/core/feeds/records.js';
import { FEEDS } from '../../../services/core/feeds/records.js';
import type { Finding } from '../../../services/core/judge/finding.js';
import type { WorldPart } from '../../../services/core/judge/world.js';
import type { Day } from '../../../services/core/time.js';
import type { Citation, ExplainedAccess, ProgressRow } from '../../../services/pipeline/store/fact-store.js';
import type { ActorDay, Judgement } from '../../../services/pipeline/store/judge-store.js';
import { ReplacingTable } from './replacing.js';

export interface DutyRow {
  readonly batchId: string;
  readonly days: readonly string[];
  readonly actors: readonly string[];
  readonly touchedFrom: string | null;
  readonly parts: readonly (readonly [WorldPart, Day])[];
  /** in order of insertion */
  readonly at: number;
}

export interface AccessVersion {
  readonly rank: number;
  readonly inputs: number;
}

export interface JudgementRow extends Judgement {
  readonly configSeq: number;
}

type BigVersion = readonly [configSeq: number, version: bigint];

const byNumber = (a: number, b: number): number => a - b;
const byBigInt = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

export class ModelDatabase {
  readonly accesses = new ReplacingTable<ExplainedAccess, AccessVersion>(
    (a, b) => a.rank - b.rank || a.inputs - b.inputs,
  );
  readonly context = new Map<ContextFeed, ReplacingTable<FeedRecords[ContextFeed]>>();
  readonly duties = new ReplacingTable<DutyRow>(byNumber);
  readonly progress = new ReplacingTable<ProgressRow>(byNumber);
  readonly deadLetters = new Set<string>();
  /** every content that a case's version ever had, by case */
  readonly caseContents = new Map<string, Set<string>>();
  /** contents that ever cited a case */
  readonly citations = new Map<string, Set<string>>();
  readonly bulkCitations = new Map<string, Citation>();
  /** who announced which cases: each writer's entries in order */
  readonly caseWrites = new Map<string, { readonly seq: number; readonly ids: readonly string[] }[]>();
  readonly actorDays = new ReplacingTable<ActorDay, bigint>(byBigInt);
  readonly judgements = new ReplacingTable<JudgementRow, BigVersion>((a, b) => a[0] - b[0] || byBigInt(a[1], b[1]));
  readonly findings = new Map<string, Finding>();
  readonly configurations: string[] = [];
  readonly judges = new Map<string, number>();
  /** things inserted so far */
  insertions = 0;

  constructor(private readonly chance: Chance) {
    for (const feed of FEEDS) if (feed !== 'access-log') this.context.set(feed, new ReplacingTable(byNumber));
  }

  of<F extends ContextFeed>(feed: F): ReplacingTable<FeedRecords[F]> {
    return this.context.get(feed) as ReplacingTable<FeedRecords[F]>;
  }

  /** After an insert, now and then, parts merge. */
  maybeMerge(): void {
    this.insertions++;
    if (this.chance.below(8) > 0) return;
    this.accesses.merge(this.chance);
    this.duties.merge(this.chance);
    this.actorDays.merge(this.chance);
    this.judgements.merge(this.chance);
    for (const table of this.context.values()) table.merge(this.chance);
  }
}
