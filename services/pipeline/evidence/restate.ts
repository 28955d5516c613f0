// Says anew what hours amount to, before rows of them are erased or deleted on purpose: signed first, done afterwards, so that a crash
// between is mended by the same command again. Only hours that hold now are restated: nothing that was tampered with is signed over.

import { randomBytes } from 'node:crypto';
import { KeyholeError } from '../../core/errors.js';
import type { Entry, SealedHour } from '../../core/evidence/digest.js';
import { merkleRoot } from '../../core/evidence/merkle.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { SealingKey } from '../../platform/files/sealing-key.js';
import type { Anchor } from './anchor.js';
import { type Chain, chainOn, type NewDigest, storeDigests } from './digests.js';
import { HOUR_MS } from './leaves-sql.js';
import { asOnlyPass } from './one-pass.js';
import { hourStart, readHours, readRoots } from './read-rows.js';
import { soundChain, throughOf } from './seal.js';
import type { SealedTable } from './sealed-tables.js';
import { storeLeaves } from './store-leaves.js';

export interface Restatement {
  readonly table: SealedTable;
  /** starts of the sealed hours concerned, ISO 8601 */
  readonly hours: readonly string[];
  /** the table as it will be: another source in the place of the table's own */
  readonly source: string;
  /** rows of it that are not to stay */
  readonly staying?: string;
  readonly counts: (hour: string, rowsBefore: number, rowsAfter: number) => Partial<Entry>;
}

export interface Statement {
  readonly key: SealingKey;
  readonly anchor: Anchor;
  readonly kind: 'erasure' | 'retention';
  readonly by: string;
  readonly note: string;
  readonly token?: string;
  readonly nowMs: number;
  /** an embedded database, locked by this process */
  readonly isAlone?: boolean;
}

/** A digest stays well below what a topic takes. */
const MAX_ENTRIES = 2_000;
const NOTHING = merkleRoot([]).toString('hex');

/** Signs and publishes; entries that hold already are not said again. */
export const restate = (ch: ClickHouse, restatements: readonly Restatement[], statement: Statement): Promise<void> =>
  asOnlyPass(ch, statement.isAlone === true, () => restateNow(ch, restatements, statement));

async function restateNow(
  ch: ClickHouse,
  restatements: readonly Restatement[],
  { key, anchor, kind, by, note, token, nowMs }: Statement,
): Promise<void> {
  const chain = await soundChain(ch, { key, anchor });
  if (chain.bodies.length === 0) return;
  const batch = randomBytes(6).toString('hex');
  const entries: Entry[] = [];
  for (const one of restatements) entries.push(...(await restated(ch, one, chain, batch)));
  if (entries.length === 0) return;
  const through = throughOf(chain, { eventUntilMs: 0, writtenUntilMs: 0 });
  const fresh: NewDigest[] = [];
  for (let at = 0; at < entries.length; at += MAX_ENTRIES)
    fresh.push({
      kind,
      sealed_at: new Date(nowMs).toISOString(),
      by,
      note,
      ...(token === undefined ? {} : { token }),
      through,
      entries: entries.slice(at, at + MAX_ENTRIES),
    });
  const digests = chainOn(chain.digests.at(-1), fresh, key.privateKey);
  await storeDigests(ch, digests);
  await anchor.publish(digests);
}

async function restated(
  ch: ClickHouse,
  { table, hours, source, staying, counts }: Restatement,
  chain: Chain,
  batch: string,
): Promise<Entry[]> {
  const sealed = chain.state.get(table.name) ?? new Map<string, SealedHour>();
  const concerned = hours.filter((hour) => sealed.has(hour)).sort();
  if (concerned.length === 0) return [];
  const span = {
    fromMs: Date.parse(concerned[0] as string),
    toMs: Date.parse(concerned.at(-1) as string) + HOUR_MS,
    hours: concerned.map(hourStart),
  };
  const now = new Map((await readRoots(ch, table, span)).map((one) => [one.hour, one]));
  const becoming: SealedTable = {
    ...table,
    source: staying === undefined ? source : `(SELECT * FROM ${source} WHERE ${staying})`,
  };
  const left = await readHours(ch, becoming, span);
  const roots = await storeLeaves(ch, { table: becoming, hours: left, toMs: span.toMs, batch });
  const after = new Map(roots.map((one) => [one.hour, one]));
  return concerned.flatMap((hour) => {
    const { entry } = sealed.get(hour) as SealedHour;
    const { rows, root } = after.get(hour) ?? { rows: 0, root: NOTHING };
    if (entry.root === root) return [];
    const before = now.get(hour);
    if (before?.root !== entry.root)
      throw new KeyholeError(
        'evidence_broken',
        `${table.name} ${hour} is not as it was sealed, so nothing is changed: see keyhole verify; what only came late, keyhole seal amends`,
        { retriable: false },
      );
    return [{ table: table.name, hour, rows, root, batch, full: true, ...counts(hour, before.rows, rows) }];
  });
}
