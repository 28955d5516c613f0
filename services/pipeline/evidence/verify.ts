// Holds the rows against the digests: the chain and its outside copy first, then every sealed hour of every table. Writes nothing. Names
// the hour and the table of whatever differs; what came later in the ordinary way, and was not amended yet, is told apart by the witness.

import type { KeyObject } from 'node:crypto';
import { parseBody, type SealedHour, sealedThrough } from '../../core/evidence/digest.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import type { Anchor } from './anchor.js';
import {
  type Change,
  countOf,
  type Differing,
  differencesOf,
  type HourDifference,
  type Witness,
} from './differences.js';
import { type Chain, chainOf, readDigests } from './digests.js';
import { readRoots } from './read-rows.js';
import { accepts, FIRST_MS } from './seal.js';
import { SEALED_TABLES, type SealedTable } from './sealed-tables.js';

export interface VerifyOptions {
  readonly publicKey: KeyObject;
  readonly anchor: Anchor;
  readonly witness: Witness;
  readonly onProgress?: (table: string, done: number, total: number) => void;
}

export interface Problem {
  readonly table: string;
  /** start of the hour, ISO 8601; empty where no hour can be told */
  readonly hour: string;
  readonly what: string;
}

export interface VerifySummary {
  readonly problems: readonly Problem[];
  readonly digests: number;
  readonly hours: number;
  readonly rows: number;
  /** rows that came in the ordinary way and are in no digest yet */
  readonly pending: number;
  /** sealed through, ISO 8601; null: nothing is sealed */
  readonly through: { readonly event: string; readonly written: string } | null;
}

export async function verifyEvidence(ch: ClickHouse, options: VerifyOptions): Promise<VerifySummary> {
  const chain = chainOf(await readDigests(ch), options.publicKey);
  const problems = [...chainProblems(chain), ...(await anchorProblems(chain, options.anchor))];
  let hours = 0;
  let rows = 0;
  let pending = 0;
  for (const table of SEALED_TABLES) {
    const checked = await verifyTable(ch, table, chain, options);
    problems.push(...checked.problems);
    hours += checked.hours;
    rows += checked.rows;
    pending += checked.pending;
  }
  const through = chain.bodies.at(-1)?.through ?? null;
  return { problems, digests: chain.digests.length, hours, rows, pending, through };
}

const DIGESTS = 'evidence_digests';

const chainProblems = ({ faults }: Chain): Problem[] =>
  faults.flatMap(({ seq, hours, what }) =>
    (hours.length === 0 ? [''] : hours).map((hour) => ({ table: DIGESTS, hour, what: `digest ${seq}: ${what}` })),
  );

/** A digest that was published and is not stored, or stored otherwise. One that is stored and not published yet is no fault. */
async function anchorProblems(chain: Chain, anchor: Anchor): Promise<Problem[]> {
  const stored = new Set(chain.digests.map(({ hash }) => hash));
  const missing = (await anchor.read()).filter(({ hash }) => !stored.has(hash));
  return missing.flatMap(({ seq, body }) => {
    const hours = [...new Set(parseBody(body)?.entries.map(({ hour }) => hour) ?? [])];
    return (hours.length === 0 ? [''] : hours).map((hour) => ({
      table: DIGESTS,
      hour,
      what: `digest ${seq}: it was published, and is not stored as published`,
    }));
  });
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly hours: number;
  readonly rows: number;
  readonly pending: number;
}

async function verifyTable(ch: ClickHouse, table: SealedTable, chain: Chain, options: VerifyOptions): Promise<Checked> {
  const sealed = chain.state.get(table.name) ?? new Map<string, SealedHour>();
  const throughMs = sealedThrough(chain.bodies)[table.by];
  const problems: Problem[] = [];
  let pending = 0;
  let rows = 0;
  if (throughMs < FIRST_MS) return { problems, hours: 0, rows, pending };
  const roots = await readRoots(
    ch,
    table,
    { fromMs: FIRST_MS, toMs: throughMs },
    {
      onProgress: (done, total) => options.onProgress?.(table.name, done, total),
    },
  );
  const differing: Differing[] = [];
  const missing = new Set([...sealed].filter(([, { entry }]) => entry.rows > 0).map(([hour]) => hour));
  for (const { hour, root, rows: n } of roots) {
    missing.delete(hour);
    rows += n;
    const known = sealed.get(hour) ?? null;
    if (known?.entry.root !== root) differing.push({ hour, sealed: known, rows: n });
  }
  for await (const difference of differencesOf(ch, table, differing, throughMs)) {
    if (difference.leavesHold && table.by === 'event' && (await accepts(options.witness, difference)))
      pending += difference.changes.length;
    else problems.push({ table: table.name, hour: difference.hour, what: describe(difference) });
  }
  for (const hour of missing)
    problems.push({ table: table.name, hour, what: `all ${sealed.get(hour)?.entry.rows ?? 0} rows are gone` });
  return { problems, hours: sealed.size, rows, pending };
}

function describe({ changes, leavesHold, sealed, rows }: HourDifference): string {
  if (sealed === null) return `${rows} rows in an hour that was sealed without any`;
  if (!leavesHold) return 'its rows are not those that were sealed, and neither are the leaves stored with the digest';
  const said = (kind: Change['kind'], word: string): string[] => {
    const n = countOf(changes, kind);
    return n === 0 ? [] : [`${n} ${word}`];
  };
  return [...said('revised', 'changed'), ...said('removed', 'removed'), ...said('added', 'added')].join(', ');
}
