// So many random tamperings with a sealed database, each of which has to be found, with its table and an hour.

import { signDigest } from '../../../services/core/evidence/digest.js';
import { freshDatabase } from '../support/stack.js';
import { beginHistory } from './history.js';
import {
  chance,
  memoryAnchor,
  newKey,
  readTable,
  rewriteTable,
  type Sealed,
  sealAll,
  tamper,
  verifyAll,
} from './tampering.js';

const TABLES = ['access_events', 'findings', 'judgements', 'dispositions', 'alert_items', 'alert_attempts'];

export interface Unfound {
  readonly run: number;
  readonly table: string;
  readonly what: string;
  readonly told: string;
}

export async function runTamperings(runs: number, seed: number): Promise<Unfound[]> {
  const { clickhouse: ch } = await freshDatabase('tampering');
  const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  await beginHistory(ch);
  await sealAll(sealed, 0);
  const clean = await verifyAll(sealed);
  if (clean.problems.length > 0 || clean.rows < 150) throw new Error(`not clean: ${JSON.stringify(clean)}`);
  const tables = await Promise.all(TABLES.map((name) => readTable(ch, name)));
  const digests = await readTable(ch, 'evidence_digests');
  const pick = chance(seed);
  const unfound: Unfound[] = [];
  for (let run = 0; run < runs; run++) {
    const kind = pick(10);
    const table =
      kind === 0 ? digests : (tables[kind < 6 ? 0 : 1 + pick(tables.length - 1)] as (typeof tables)[number]);
    const { what, rows } =
      table === digests
        ? tamperChain(digests.rows, sealed, pick)
        : kind === 1
          ? dropHour(table, pick)
          : tamper(table, pick);
    await rewriteTable(ch, table, rows);
    const { problems } = await verifyAll(sealed);
    const isFound = problems.some((one) => one.table === table.name && /^2026-/.test(one.hour));
    if (!isFound) unfound.push({ run, table: table.name, what, told: JSON.stringify(problems) });
    await rewriteTable(ch, table, table.rows);
  }
  const after = await verifyAll(sealed);
  if (after.problems.length > 0) throw new Error(`not clean after all was put back: ${JSON.stringify(after)}`);
  return unfound;
}

function dropHour(table: Awaited<ReturnType<typeof readTable>>, pick: (below: number) => number) {
  const column = table.columns.findIndex(({ name }) => name === 'occurred_at');
  const hourOf = (row: readonly unknown[]): string => String(row[column]).slice(0, 13);
  const hour = hourOf(table.rows[pick(table.rows.length)] as readonly unknown[]);
  return { what: `dropped the hour ${hour}`, rows: table.rows.filter((row) => hourOf(row) !== hour) };
}

/** Columns: seq, hash, body, signature, at. */
function tamperChain(rows: readonly (readonly unknown[])[], { key }: Sealed, pick: (below: number) => number) {
  const at = pick(rows.length);
  const [seq, hash, body, signature, stamp] = rows[at] as [unknown, string, string, string, unknown];
  const withRow = (row: readonly unknown[]) => rows.map((one, i) => (i === at ? row : one));
  const text = body.replace(/"rows":(\d+)/, (_, n) => `"rows":${Number(n) + 1}`);
  switch (pick(4)) {
    case 0:
      return { what: `dropped digest ${at}`, rows: rows.filter((_, i) => i !== at) };
    case 1:
      return { what: `rewrote the text of digest ${at}`, rows: withRow([seq, hash, text, signature, stamp]) };
    case 2: {
      const { format: _format, key: _key, ...rest } = JSON.parse(text);
      const forged = signDigest(rest, newKey().privateKey);
      return {
        what: `signed digest ${at} with another key`,
        rows: withRow([seq, forged.hash, forged.body, forged.signature, stamp]),
      };
    }
    default: {
      const { format: _format, key: _key, ...rest } = JSON.parse(text);
      const forged = signDigest(rest, key.privateKey);
      return {
        what: `rewrote digest ${at} with the key`,
        rows: withRow([seq, forged.hash, forged.body, forged.signature, stamp]),
      };
    }
  }
}
