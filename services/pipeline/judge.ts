// The judge: takes open duties, recomputes the buckets they touched, judges every sheet that reads them in order of time, writes
// findings and judgements, tells what changed, and marks the duties done. A crash anywhere repeats the work. Sheets of a single day
// that was just touched come first; the others are judged in slices between rounds, so that news never waits for history.

import { randomUUID } from 'node:crypto';
import type { Definition } from '../core/detections/definition.js';
import { kindOf } from '../core/judge/kinds.js';
import { type Day, dayOf } from '../core/time.js';
import { recomputeBuckets } from './buckets.js';
import { JudgeWorld } from './judge-world.js';
import type { JudgingConfig } from './judging-config.js';
import { KnownSheets } from './known-sheets.js';
import { Pass } from './passes.js';
import { type JudgedSheet, judgeSheet, type SheetName } from './sheets.js';
import { type Change, firstReached, knownFrom, madeBy, reachedDays, sheetDays } from './staleness.js';
import type { Duty, JudgeStore } from './store/judge-store.js';
import { changes, type PublishedFinding } from './tell.js';
import { Touched } from './touched.js';

export interface JudgeOptions {
  readonly config: JudgingConfig;
  /** told after findings are written and before duties are done: at least once */
  tell(findings: readonly PublishedFinding[]): Promise<void>;
  onProgress?(sheetsDone: number, sheetsTotal: number): void;
  /** frames kept in memory; results are the same with 0 */
  readonly maxCachedBytes?: number;
  /** others land beside it: after a slice of what is no news, the next news are waited for */
  readonly isLive?: boolean;
  /** a clock that never goes back, for what may be put off */
  readonly nowMs?: () => number;
}

export interface RoundSummary {
  /** duties taken up */
  readonly landings: number;
  /** duties still open, of which some may wait for the frontier */
  readonly waiting: number;
  readonly sheets: number;
  readonly openFindings: number;
  /** whether there is more to judge */
  readonly isUnfinished: boolean;
  /** whether that can wait for news */
  readonly isResting: boolean;
}

export interface Judge {
  /** @param frontierMs event time up to which every feed has been read; Infinity when all have been read to their ends */
  round(frontierMs: number): Promise<RoundSummary>;
}

const DEFAULT_CACHED_BYTES = 160_000_000;
const SHEETS_PER_WRITE = 50;
/** A round that touches more days than this is catching up: nothing in it is news. */
const MAX_FAST_DAYS = 3;
/** While duties keep coming, what is no news is begun after so long at the latest, and judged in slices of so long. */
const PUT_OFF_MS = 60_000;
const SLICE_MS = 100;
/** After a slice news go first for so many times as long as it took, and at most for so long. */
const REST_TIMES = 6;
const MAX_REST_MS = 3_000;
/** News that came within this time will be followed by more. */
const NEWS_MS = 1_000;
/** A round that lasts longer asks for news of later days as well: the frontier that it began with may have moved on. */
const FRONTIER_MS = 500;

/** What a judge remembers between rounds; a fault anywhere and all of it is forgotten. */
class Memory {
  readonly world: JudgeWorld;
  readonly known: KnownSheets;
  stored: { first: Day; last: Day } | null = null;
  /** what other judges had finished when this one last looked */
  others = '';
  /** until the duties that were open at the start have been judged, what does not change is told too */
  isFirst = true;
  next: Pass;
  current: { pass: Pass; walk: Iterator<SheetName & { readonly isStale: boolean }>; total: number } | null = null;

  constructor(store: JudgeStore, { config, maxCachedBytes }: JudgeOptions) {
    this.world = new JudgeWorld(store, maxCachedBytes ?? DEFAULT_CACHED_BYTES);
    this.known = new KnownSheets(store, config);
    this.next = new Pass(config.definitions);
  }

  get taken(): string[] {
    return [...(this.current?.pass.batchIds ?? []), ...this.next.batchIds];
  }
}

export function createJudge(store: JudgeStore, options: JudgeOptions): Judge {
  const { definitions } = options.config;
  const nowMs = options.nowMs ?? (() => performance.now());
  const self = randomUUID();
  let finished = 0;
  let configSeq = -1;
  let roundSinceMs = 0;
  let restUntilMs = 0;
  let newsMs = Number.NEGATIVE_INFINITY;
  let memory = new Memory(store, options);

  return {
    async round(frontierMs) {
      const frontier = Number.isFinite(frontierMs) ? dayOf(frontierMs) : Number.POSITIVE_INFINITY;
      try {
        if (configSeq < 0) configSeq = await store.adoptConfiguration(options.config);
        return await round(frontier);
      } catch (error) {
        memory = new Memory(store, options);
        throw error;
      }
    },
  };

  async function round(frontier: Day): Promise<RoundSummary> {
    roundSinceMs = nowMs();
    for (const pass of [memory.current?.pass, memory.next]) await obligeReached(pass, frontier);
    const duties = await newDuties(frontier);
    let sheets = 0;
    if (duties.length > 0 || memory.taken.length > 0) await heedOthers();
    if (duties.length > 0) sheets += await take(duties, frontier);
    sheets += await judgeTheRest(frontier, duties.length > 0);
    return {
      landings: duties.length,
      waiting: memory.taken.length > 0 ? memory.taken.length : await store.countOpenDuties(),
      sheets,
      openFindings: sheets > 0 ? memory.known.openFindings : 0,
      isUnfinished: memory.taken.length > 0,
      isResting: isResting(),
    };
  }

  /** What earlier duties touched beyond the frontier of their time is owed anew once that has moved on, at the latest when their pass is done. */
  async function obligeReached(pass: Pass | undefined, frontier: Day): Promise<void> {
    const touched = pass?.takeReached(frontier) ?? null;
    if (touched !== null) await store.oblige({ label: 'beyond-frontier', touched, touchedFrom: null });
  }

  async function newDuties(frontier: Day): Promise<Duty[]> {
    const found: Duty[] = [];
    for (;;) {
      const except = [...memory.taken, ...found.map(({ batchId }) => batchId)];
      const more = await store.openDuties({ frontier, except });
      found.push(...more);
      if (more.length < store.dutiesAtOnce) return found;
    }
  }

  /** What another judge finished since we last looked, we have not seen: all that is remembered may be old, and is begun again. */
  async function heedOthers(): Promise<void> {
    const all = [...(await store.judges())].filter(([judge]) => judge !== self).sort();
    const others = JSON.stringify(all);
    if (others === memory.others) return;
    const { world, known, current, next } = memory;
    memory.others = others;
    memory.stored = null;
    world.distrust();
    known.distrust();
    if (current !== null) next.absorb(current.pass);
    memory.current = null;
  }

  async function take(duties: readonly Duty[], frontier: Day): Promise<number> {
    const { world, next } = memory;
    const touched = new Touched();
    for (const duty of duties) divide(duty.touched, frontier, touched, next.beyond);
    // Somebody's first record counts for the days before it, too, of which its writer need not have known when it said what it touched.
    world.touch('directory');
    for (const part of touched.parts.keys()) world.touch(part);
    const from = Math.min(...duties.map(({ touchedFrom }) => touchedFrom ?? Number.POSITIVE_INFINITY));
    if (from < Number.POSITIVE_INFINITY) {
      world.distrustContext();
      memory.known.distrustExceptions();
    }
    const days = [...touched.byDay.keys()];
    if (days.length > 0) await world.frames.know(Math.min(...days), Math.max(...days));
    const [{ stored }] = await Promise.all([
      recomputeBuckets(store, world.frames, touched, () => loadBefore(days)),
      world.refresh(),
    ]);
    next.batchIds.push(...duties.map(({ batchId }) => batchId));
    next.sinceMs ??= nowMs();
    if (memory.stored === null) {
      await stored;
      memory.stored = await store.storedDays();
    }
    if (memory.stored === null) return 0;
    const { first, last } = memory.stored;
    memory.stored = { first: Math.min(first, ...days), last: Math.max(last, ...days) };
    return await markStale({ days: new Set(days), parts: touched.parts, from }, stored);
  }

  /** Brings the days before these into memory that their news will be judged by. */
  async function loadBefore(days: readonly Day[]): Promise<void> {
    if (days.length > MAX_FAST_DAYS) return;
    const { frames } = memory.world;
    const first = Math.min(...days);
    const froms = definitions.filter(isFast).map((one) => kindOf(one).rangeRead(one, first).from);
    const from = Math.min(first, ...froms);
    await frames.know(from, first);
    await frames.load(frames.days(from, first - 1));
  }

  /**
   * Judges the news at once.
   * @param bucketsStored what the judgements rest on is stored: they may be, too
   * @returns how many sheets that were
   */
  async function markStale(change: Change, bucketsStored: Promise<void>): Promise<number> {
    const { world, next, stored } = memory;
    if (stored === null) return 0;
    const first = Math.max(firstReached(change), stored.first);
    await world.frames.know(knownFrom(first), stored.last);
    const withData = world.frames.days(knownFrom(first), stored.last);
    const days = sheetDays(withData).filter((day) => day >= first || change.days.size > 0);
    const made = madeBy(change.days, withData);
    const isNews = change.days.size <= MAX_FAST_DAYS && change.from === Number.POSITIVE_INFINITY;
    const news: SheetName[] = [];
    for (const definition of definitions) {
      for (const day of reachedDays(definition, change, days, made)) {
        if (isNews && isFast(definition) && change.days.has(day)) news.push({ definition, day });
        else next.add(definition, day);
      }
    }
    if (news.length > 0) newsMs = nowMs();
    news.sort((a, b) => a.day - b.day);
    let judged: JudgedSheet[] = [];
    let count = 0;
    const told = async (): Promise<void> => {
      await bucketsStored;
      count += judged.length;
      judged = await write(judged);
    };
    for (const [i, name] of news.entries()) {
      // The first look at a new day takes its time: news of the day before do not wait for it.
      if (i > 0 && name.day !== news[i - 1]?.day) await told();
      const one = await judgeOne(name, memory.isFirst);
      if (one === null) continue;
      judged.push(one);
      if (name.day < stored.last) next.levelsFrom = Math.min(next.levelsFrom, name.day + 1);
    }
    await told();
    return count;
  }

  function judgeOne(name: SheetName, isForced: boolean): Promise<JudgedSheet | null> {
    return judgeSheet(name, { store, world: memory.world, known: memory.known, configSeq }, isForced);
  }

  /** Goes on with the pass, or begins the next; stops early for news. */
  async function judgeTheRest(frontier: Day, hasNews: boolean): Promise<number> {
    let sheets = 0;
    for (;;) {
      if (memory.current === null) {
        const { next } = memory;
        if (next.isEmpty) return sheets;
        if (isResting() || (hasNews && isYoung() && (await isNewsWaiting(frontier)))) return sheets;
        await beginPass(next);
      }
      if (isResting() || (hasNews && nowMs() < restUntilMs && (await isNewsWaiting(frontier)))) return sheets;
      const beganMs = nowMs();
      sheets += await slice(frontier);
      restUntilMs = nowMs() + Math.min(MAX_REST_MS, REST_TIMES * (nowMs() - beganMs));
      if (memory.current !== null) return sheets;
    }
  }

  /** Whether the next news are waited for instead of judging what is none. */
  function isResting(): boolean {
    return areNewsExpected() && (memory.current === null ? isYoung() : nowMs() < restUntilMs);
  }

  function areNewsExpected(): boolean {
    return options.isLive === true && nowMs() - newsMs < NEWS_MS;
  }

  function isYoung(): boolean {
    return nowMs() - (memory.next.sinceMs ?? Number.NEGATIVE_INFINITY) < PUT_OFF_MS;
  }

  async function beginPass(pass: Pass): Promise<void> {
    const { world, known, stored } = memory;
    memory.next = new Pass(definitions);
    const from = Math.max(pass.from, stored?.first ?? Number.POSITIVE_INFINITY);
    const to = stored?.last ?? Number.NEGATIVE_INFINITY;
    let days: Day[] = [];
    if (from <= to) {
      await world.frames.know(knownFrom(from), to);
      await known.know(from, to);
      days = sheetDays(world.frames.days(knownFrom(from), to)).filter((day) => day >= from);
    }
    memory.current = { pass, walk: pass.sheets(days), total: pass.size };
  }

  async function slice(frontier: Day): Promise<number> {
    const { current, known } = memory;
    if (current === null) return 0;
    const { pass, walk, total } = current;
    let began = nowMs();
    let pending: JudgedSheet[] = [];
    let count = 0;
    for (let step = walk.next(); step.done !== true; step = walk.next()) {
      const { definition, day, isStale } = step.value;
      if (!isStale && !known.isLevelStale(definition.id, day, configSeq)) continue;
      const one = await judgeOne({ definition, day }, memory.isFirst && isStale);
      options.onProgress?.(total - pass.size, total);
      if (one === null) continue;
      count++;
      pending.push(one);
      const isLate = nowMs() - began > SLICE_MS;
      if (pending.length < SHEETS_PER_WRITE && !isLate) continue;
      if (pending.length >= SHEETS_PER_WRITE) pending = await write(pending);
      if (!isLate) continue;
      if (!areNewsExpected() && !(await isNewsWaiting(frontier))) {
        began = nowMs();
        continue;
      }
      await write(pending);
      return count;
    }
    await write(pending);
    await finish(pass);
    return count;
  }

  function isNewsWaiting(frontier: Day): Promise<boolean> {
    const isLong = nowMs() - roundSinceMs > FRONTIER_MS;
    return store.hasOpenDuty({ frontier: isLong ? Number.POSITIVE_INFINITY : frontier, except: memory.taken });
  }

  async function finish(pass: Pass): Promise<void> {
    await obligeReached(pass, Number.POSITIVE_INFINITY);
    await store.noteFinished(self, ++finished);
    await store.fulfil(pass.batchIds);
    memory.current = null;
    memory.isFirst = false;
  }

  /** @returns nothing more to write */
  async function write(judged: readonly JudgedSheet[]): Promise<JudgedSheet[]> {
    if (judged.length === 0) return [];
    await store.writeJudgements({
      configSeq,
      judgements: judged.map(({ judgement }) => judgement),
      contents: judged.flatMap(({ contents, before }) =>
        contents.filter(({ anomaly_id, content }) => before.get(anomaly_id) !== content),
      ),
    });
    const told = judged.flatMap((one) => changes(one, memory.isFirst));
    if (told.length > 0) await options.tell(told);
    return [];
  }
}

/** One day's conduct is judged from what a round has in memory; other parts of the world are read anew for each look. */
const isFast = ({ window, judge }: Definition): boolean =>
  window.days === 1 && (judge.kind === 'conduct' || judge.kind === 'canary');

/** Splits what was touched at the frontier; a changed part of the world matters to what is judged now. */
function divide(touched: Touched, frontier: Day, within: Touched, beyond: Touched): void {
  for (const [day, actors] of touched.byDay)
    for (const actor of actors) (day <= frontier ? within : beyond).add(day, actor);
  for (const [part, from] of touched.parts) within.addPart(part, from);
}
