// So many random tamperings with a sealed database, each of which has to be found, with its table and an hour: every kind in turn, on
// every table. Half of them against a witness that holds the log, as on a stack: a row whose record is there word for word is honest.

import { signDigest } from '../../../services/core/evidence/digest.js';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { NOBODY, type Witness } from '../../../services/pipeline/evidence/differences.js';
import { explainedRight } from '../../../services/pipeline/evidence/explained-right.js';
import { judgedRight } from '../../../services/pipeline/evidence/judged-right.js';
import { topicWitness } from '../../../services/pipeline/evidence/topic-witness.js';
import { createClickHouseFactStore } from '../../../services/pipeline/store/fact-store-clickhouse.js';
import { clickHouseJudgeStore } from '../../../services/pipeline/store/judge-store-clickhouse.js';
import { freshDatabase } from '../support/stack.js';
import { access, beginHistory, landEvents } from './history.js';
import {
  addRow,
  chance,
  changeField,
  exchangeValues,
  memoryAnchor,
  newKey,
  readTable,
  removeRow,
  rewriteTable,
  type Sealed,
  sealAll,
  type TableRows,
  type Tampering,
  verifyAll,
} from './tampering.js';

const EVENTS = 160;
/** Records of the log that nobody landed: what a forger would take a row's place in the log from. */
const UNLANDED = 20;
const TABLES = [
  'access_events',
  'findings',
  'judgements',
  'dispositions',
  'alert_items',
  'alert_attempts',
  'restriction_grants',
  'reports_made',
  'reveals',
];

type Pick = (below: number) => number;

interface Scene {
  readonly sealed: Sealed;
  readonly tables: ReadonlyMap<string, TableRows>;
  readonly digests: TableRows;
}

type Kind = (scene: Scene, table: TableRows, pick: Pick) => Tampering & { readonly table: TableRows };

const onTable =
  (how: (table: TableRows, pick: Pick) => Tampering): Kind =>
  (_scene, table, pick) => ({ ...how(table, pick), table });

const accessesOf = ({ tables }: Scene): TableRows => tables.get('access_events') as TableRows;

const KINDS: Readonly<Record<string, Kind>> = {
  field: onTable((table, pick) => changeField(table, pick)),
  'row removed': onTable(removeRow),
  'row added': onTable(addRow),
  'values exchanged': onTable(exchangeValues),
  'hour dropped': (scene, _table, pick) => ({ ...dropHour(accessesOf(scene), pick), table: accessesOf(scene) }),
  'digest rewritten': (scene, _table, pick) => ({
    ...tamperChain(scene.digests.rows, scene.sealed, pick),
    table: scene.digests,
  }),
};

export interface Unfound {
  readonly run: number;
  readonly table: string;
  readonly what: string;
  readonly told: string;
}

export async function runTamperings(runs: number, seed: number): Promise<Unfound[]> {
  const { clickhouse: ch } = await freshDatabase('tampering');
  const sealed: Sealed = { ch, key: newKey(), anchor: memoryAnchor() };
  await beginHistory(ch, EVENTS);
  await sealAll(sealed, 0);
  // Who can write anything can also drop what refuses it.
  for (const one of ['needs_a_case', 'needs_a_pseudonym'])
    await ch.command(`ALTER TABLE {db}.reveals DROP CONSTRAINT ${one}`);
  const clean = await verifyAll(sealed);
  if (clean.problems.length > 0 || clean.rows < EVENTS) throw new Error(`not clean: ${JSON.stringify(clean)}`);
  const tables = new Map<string, TableRows>();
  for (const name of TABLES) tables.set(name, await readTable(ch, name));
  const scene: Scene = { sealed, tables, digests: await readTable(ch, 'evidence_digests') };
  const log = Array.from({ length: EVENTS + UNLANDED }, (_, n) => access(n));
  const pick = chance(seed);
  const names = [...Object.keys(KINDS), PLAUSIBLE];
  const unfound: Unfound[] = [];
  for (let run = 0; run < runs; run++) {
    const name = names[run % names.length] as string;
    const chosen = tables.get(pick(2) === 0 ? 'access_events' : (TABLES[pick(TABLES.length)] as string)) as TableRows;
    const witness = pick(2) === 0 ? logOf(sealed, log) : NOBODY;
    const { what, table } = await tamperWith(scene, { name, chosen, log, pick });
    const { problems } = await verifyAll(sealed, name === PLAUSIBLE ? logOf(sealed, log) : witness);
    const isFound = problems.some((one) => one.table === table.name && /^2026-/.test(one.hour));
    if (!isFound) unfound.push({ run, table: table.name, what, told: JSON.stringify(problems) });
    await rewriteTable(ch, table, table.rows);
  }
  const after = await verifyAll(sealed);
  if (after.problems.length > 0) throw new Error(`not clean after all was put back: ${JSON.stringify(after)}`);
  return unfound;
}

/** A row put in whose place in the log looks right: a record is there of its id, its time or its actor, with other content. */
const PLAUSIBLE = 'row added where the log has a record';

interface Chosen {
  readonly name: string;
  readonly chosen: TableRows;
  readonly log: readonly AccessEvent[];
  readonly pick: Pick;
}

async function tamperWith(
  scene: Scene,
  { name, chosen, log, pick }: Chosen,
): Promise<Tampering & { table: TableRows }> {
  const kind = KINDS[name];
  if (kind !== undefined) {
    const done = kind(scene, chosen, pick);
    await rewriteTable(scene.sealed.ch, done.table, done.rows);
    return done;
  }
  const record = log[EVENTS + pick(UNLANDED)] as AccessEvent;
  const [what, forged] = forgeries(record)[pick(forgeries(record).length)] as [string, AccessEvent];
  await landEvents(scene.sealed.ch, [forged]);
  return { what: `added ${record.event_id} with ${what}`, rows: [], table: accessesOf(scene) };
}

const forgeries = (record: AccessEvent): [string, AccessEvent][] => [
  ['another actor', { ...record, actor_id: 'emp-99' }],
  ['another time', { ...record, occurred_at: record.occurred_at + 1 }],
  ['another id', { ...record, event_id: `${record.event_id}-2` }],
  ['other customers', { ...record, customer_ids: [...record.customer_ids, 'customer-3'] }],
  ['no case', { ...record, case_id: record.case_id === null ? 'case-1' : null }],
  ['another seller', { ...record, seller_id: record.seller_id === null ? 'seller-1' : null }],
  ['another outcome', { ...record, outcome: record.outcome === 'denied' ? 'allowed' : 'denied' }],
];

const logOf = ({ ch }: Sealed, log: readonly AccessEvent[]): Witness =>
  topicWitness(ch, async (onAccess) => log.forEach(onAccess), {
    explainedRight: explainedRight(createClickHouseFactStore(ch)),
    judgedRight: judgedRight(ch, clickHouseJudgeStore(ch)),
  });

function dropHour(table: TableRows, pick: Pick): Tampering {
  const column = table.columns.findIndex(({ name }) => name === 'occurred_at');
  const hourOf = (row: readonly unknown[]): string => String(row[column]).slice(0, 13);
  const hour = hourOf(table.rows[pick(table.rows.length)] as readonly unknown[]);
  return { what: `dropped the hour ${hour}`, rows: table.rows.filter((row) => hourOf(row) !== hour) };
}

/** Columns: seq, hash, body, signature, at. */
function tamperChain(rows: readonly (readonly unknown[])[], { key }: Sealed, pick: Pick): Tampering {
  const at = pick(rows.length);
  const [seq, hash, body, signature, stamp] = rows[at] as [unknown, string, string, string, unknown];
  const withRow = (row: readonly unknown[]) => rows.map((one, i) => (i === at ? row : one));
  const text = body.replace(/"rows":(\d+)/, (_, n) => `"rows":${Number(n) + 1}`);
  const signedWith = (privateKey: Sealed['key']['privateKey']) => {
    const { format: _format, key: _key, ...rest } = JSON.parse(text);
    const forged = signDigest(rest, privateKey);
    return withRow([seq, forged.hash, forged.body, forged.signature, stamp]);
  };
  switch (pick(4)) {
    case 0:
      return { what: `dropped digest ${at}`, rows: rows.filter((_, i) => i !== at) };
    case 1:
      return { what: `rewrote the text of digest ${at}`, rows: withRow([seq, hash, text, signature, stamp]) };
    case 2:
      return { what: `signed digest ${at} with another key`, rows: signedWith(newKey().privateKey) };
    default:
      return { what: `rewrote digest ${at} with the key`, rows: signedWith(key.privateKey) };
  }
}
