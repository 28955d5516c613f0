// Seals what no feed can reach any more, and amends what came later in the ordinary way. Order: secrets, leaves, digest, anchor. A crash
// between any two repeats the pass: leaves without a digest are ignored, a digest that was not published is published by the next pass.

import { randomBytes } from 'node:crypto';
import { KeyholeError } from '../../core/errors.js';
import type { Entry, SealedHour, SignedDigest } from '../../core/evidence/digest.js';
import { lastSwept, sealedThrough } from '../../core/evidence/digest.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { SealingKey } from '../../platform/files/sealing-key.js';
import type { Anchor } from './anchor.js';
import { countOf, type Differing, differencesOf, type HourDifference, type Witness } from './differences.js';
import { type Chain, chainOf, chainOn, type NewDigest, readDigests, storeDigests } from './digests.js';
import { HOUR_MS } from './leaves-sql.js';
import { asOnlyPass } from './one-pass.js';
import { type HourCount, isoHour, readHours, readRoots } from './read-rows.js';
import { SEALED_TABLES, type SealedTable } from './sealed-tables.js';
import { ensureSalts, ensureSecrets } from './secrets.js';
import { storeChangedLeaves, storeLeaves } from './store-leaves.js';

export interface SealOptions {
  readonly key: SealingKey;
  readonly anchor: Anchor;
  readonly witness: Witness;
  /** hours that end by then are sealed, by event time; epoch ms */
  readonly eventUntilMs: number;
  /** rows written before are sealed; epoch ms */
  readonly writtenUntilMs: number;
  readonly nowMs: number;
  /** an embedded database, locked by this process */
  readonly isAlone?: boolean;
  /** partition of the log to the first offset that may not be landed yet */
  readonly positions?: Readonly<Record<string, string>>;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SealSummary {
  readonly digests: readonly SignedDigest[];
  /** sealed hours whose rows differ in a way that nobody vouches for: left as they are, for `verify` to name */
  readonly refused: readonly { readonly table: string; readonly hour: string }[];
}

/** A row may become visible so long after it was stamped. */
const SETTLING_MS = 10 * 60_000;
export const FIRST_MS = Date.UTC(2000, 0, 1);
export const LAST_MS = Date.UTC(2100, 0, 1);

export const seal = (ch: ClickHouse, options: SealOptions): Promise<SealSummary> =>
  asOnlyPass(ch, options.isAlone === true, () => sealNow(ch, options));

async function sealNow(ch: ClickHouse, asked: SealOptions): Promise<SealSummary> {
  await ensureSecrets(ch);
  const chain = await soundChain(ch, asked);
  const options = notBefore(chain, asked);
  const sweptMs = lastSwept(chain.bodies)?.at;
  const sinceMs = sweptMs === undefined ? FIRST_MS : Date.parse(sweptMs) - SETTLING_MS;
  const batch = randomBytes(6).toString('hex');
  const entries: PlacedEntry[] = [];
  const refused: { table: string; hour: string }[] = [];
  for (const table of SEALED_TABLES) {
    const sealed = chain.state.get(table.name) ?? new Map<string, SealedHour>();
    const throughMs = sealedThrough(chain.bodies)[table.by];
    const { fresh, known } = await dueHours(ch, table, { options, sealed, sinceMs, throughMs });
    if (table.name === 'access_events' && fresh.length + known.length > 0)
      await ensureSalts(ch, { fromMs: FIRST_MS, toMs: LAST_MS, also: arrivedSince(table, sinceMs) });
    for (const entry of await sealFresh(ch, { table, hours: fresh, batch, options }))
      entries.push({ entry, amends: false });
    for (const entry of await amend(ch, { table, hours: known, sealed, batch, options, chain }, refused))
      entries.push({ entry, amends: true });
  }
  const through = throughOf(chain, options);
  const sealedAt = new Date(options.nowMs).toISOString();
  const fresh = digestsOf(entries).map((one): NewDigest => ({ ...one, sealed_at: sealedAt, through }));
  if (fresh.length === 0 && advances(chain, through))
    fresh.push({ kind: 'hour', sealed_at: sealedAt, through, entries: [] });
  const last = fresh.pop();
  if (last !== undefined)
    fresh.push(refused.length > 0 ? last : { ...last, swept: { at: sealedAt, positions: { ...options.positions } } });
  const digests = chainOn(chain.digests.at(-1), fresh, options.key.privateKey);
  await storeDigests(ch, digests);
  await options.anchor.publish(digests);
  return { digests, refused };
}

/** Nothing is signed upon a chain that does not hold. */
export async function soundChain(ch: ClickHouse, { key, anchor }: Pick<SealOptions, 'key' | 'anchor'>): Promise<Chain> {
  const chain = chainOf(await readDigests(ch), key.publicKey);
  const published = await anchor.read();
  const bySeq = new Map(chain.digests.map((digest) => [digest.seq, digest]));
  const contradicts = published.some(({ seq, hash }) => bySeq.get(seq)?.hash !== hash);
  if (chain.faults.length > 0 || contradicts)
    throw new KeyholeError(
      'evidence_broken',
      'the chain of digests does not hold, so nothing is sealed upon it: see keyhole verify',
      { retriable: false },
    );
  const known = new Set(published.map(({ seq }) => seq));
  await anchor.publish(chain.digests.filter(({ seq }) => !known.has(seq)));
  return chain;
}

/** What is sealed stays sealed, and is amended, where less is asked for now: after retention, the newest access may be gone. */
function notBefore({ bodies }: Chain, options: SealOptions): SealOptions {
  const { event, written } = sealedThrough(bodies);
  return {
    ...options,
    eventUntilMs: Math.max(event, options.eventUntilMs),
    writtenUntilMs: Math.max(written, options.writtenUntilMs),
  };
}

const arrivedSince = (table: SealedTable, sinceMs: number): string =>
  `${table.arrival} >= fromUnixTimestamp64Milli(${sinceMs}, 'UTC')`;

interface Due {
  readonly options: SealOptions;
  readonly sealed: ReadonlyMap<string, SealedHour>;
  readonly sinceMs: number;
  /** hours before hold no rows but those sealed */
  readonly throughMs: number;
}

/** Hours to seal for the first time, and sealed hours where something arrived since. */
async function dueHours(
  ch: ClickHouse,
  table: SealedTable,
  { options, sealed, sinceMs, throughMs }: Due,
): Promise<{ fresh: HourCount[]; known: HourCount[] }> {
  const toMs = table.by === 'event' ? options.eventUntilMs : options.writtenUntilMs;
  const span = { fromMs: FIRST_MS, toMs: Math.min(toMs, LAST_MS) };
  const all = await readHours(ch, table, span, arrivedSince(table, sinceMs));
  const isKnown = ({ hour }: HourCount): boolean => sealed.has(isoHour(hour)) || hour * 1000 + HOUR_MS <= throughMs;
  return {
    fresh: all.filter((hour) => !isKnown(hour)),
    known: all.filter((hour) => hour.marked > 0 && isKnown(hour)),
  };
}

interface Sealing {
  readonly table: SealedTable;
  readonly hours: readonly HourCount[];
  readonly batch: string;
  readonly options: SealOptions;
}

async function sealFresh(ch: ClickHouse, { table, hours, batch, options }: Sealing): Promise<Entry[]> {
  if (hours.length === 0) return [];
  const toMs = table.by === 'event' ? options.eventUntilMs : options.writtenUntilMs;
  const roots = await storeLeaves(ch, { table, hours, toMs, batch, onProgress: options.onProgress });
  return roots.map(({ hour, rows, root }) => ({
    table: table.name,
    hour,
    rows,
    root,
    batch,
    full: true,
  }));
}

interface Amending extends Sealing {
  readonly sealed: ReadonlyMap<string, SealedHour>;
  readonly chain: Chain;
}

async function amend(
  ch: ClickHouse,
  { table, hours, sealed, batch, options, chain }: Amending,
  refused: { table: string; hour: string }[],
): Promise<Entry[]> {
  if (hours.length === 0) return [];
  const toMs = table.by === 'event' ? options.eventUntilMs : options.writtenUntilMs;
  const span = { fromMs: FIRST_MS, toMs: Math.min(toMs, LAST_MS), hours: hours.map(({ hour }) => hour) };
  const entries: Entry[] = [];
  const differing = (await readRoots(ch, table, span, { counted: hours })).flatMap(
    ({ hour, root, rows }): Differing[] => {
      const known = sealed.get(hour) ?? null;
      return known?.entry.root === root ? [] : [{ hour, sealed: known, rows }];
    },
  );
  for await (const difference of differencesOf(ch, table, differing, toMs)) {
    const { hour } = difference;
    const isHonest =
      difference.leavesHold &&
      (table.by === 'event'
        ? await accepts(options.witness, difference)
        : await onlyGained(ch, difference, sealedThrough(chain.bodies).written));
    if (!isHonest) {
      refused.push({ table: table.name, hour });
      continue;
    }
    if (difference.changes.length === 0) continue;
    await storeChangedLeaves(ch, table.name, hour, batch, difference.changes);
    entries.push(entryOf(difference, batch));
  }
  return entries;
}

export const entryOf = ({ table, hour, rows, root, changes }: HourDifference, batch: string): Entry => ({
  table: table.name,
  hour,
  rows,
  root,
  batch,
  full: false,
  added: countOf(changes, 'added'),
  revised: countOf(changes, 'revised'),
});

/** Rows never vanish in the ordinary way. */
export async function accepts(witness: Witness, difference: HourDifference): Promise<boolean> {
  return difference.changes.every(({ kind }) => kind !== 'removed') && (await witness.accepts(difference));
}

/** What is only ever written may gain rows stamped after what was sealed, and nothing else. */
async function onlyGained(
  ch: ClickHouse,
  { table, hour, sealed, rows }: HourDifference,
  throughMs: number,
): Promise<boolean> {
  if (throughMs >= Date.parse(hour) + HOUR_MS) return false;
  for await (const before of differencesOf(ch, table, [{ hour, sealed, rows }], throughMs))
    if (before.changes.length > 0) return false;
  return true;
}

interface PlacedEntry {
  readonly entry: Entry;
  readonly amends: boolean;
}

/** One digest for each hour, in time order. */
function digestsOf(placed: readonly PlacedEntry[]): { kind: 'hour' | 'amendment'; entries: Entry[] }[] {
  const byHour = new Map<string, PlacedEntry[]>();
  for (const one of placed) {
    const ofHour = byHour.get(one.entry.hour) ?? [];
    byHour.set(one.entry.hour, ofHour);
    ofHour.push(one);
  }
  return [...byHour]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, ofHour]) => ({
      kind: ofHour.some(({ amends }) => amends) ? 'amendment' : 'hour',
      entries: ofHour.map(({ entry }) => entry),
    }));
}

type Through = NewDigest['through'];

/** Never falls. */
export function throughOf(chain: Chain, options: Pick<SealOptions, 'eventUntilMs' | 'writtenUntilMs'>): Through {
  const before = sealedThrough(chain.bodies);
  const bounded = (ms: number): string => new Date(Math.min(LAST_MS, Math.max(FIRST_MS, ms))).toISOString();
  return {
    event: bounded(Math.max(before.event, options.eventUntilMs)),
    written: bounded(Math.max(before.written, options.writtenUntilMs)),
  };
}

const advances = ({ bodies }: Chain, through: Through): boolean => {
  const before = sealedThrough(bodies);
  return Date.parse(through.event) >= before.event + HOUR_MS || Date.parse(through.written) >= before.written + HOUR_MS;
};
