// How long sealing and verifying take: `node dist/test/bench/evidence.js [--rows 10000000] [--data PATH]`. Needs no Kafka: rows are made
// inside a ClickHouse of its own, in as many parts as a scorer leaves in passing. With --data the folder is kept, and used again.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileAnchor } from '../../services/pipeline/evidence/anchor.js';
import { NOBODY } from '../../services/pipeline/evidence/differences.js';
import { seal } from '../../services/pipeline/evidence/seal.js';
import { verifyEvidence } from '../../services/pipeline/evidence/verify.js';
import { type ClickHouse, connectClickHouse } from '../../services/platform/clickhouse/client.js';
import { migrate } from '../../services/platform/clickhouse/migrate.js';
import { startClickHouse } from '../../services/platform/stack/clickhouse.js';

const START_MS = Date.UTC(2026, 1, 2);
const HOURS = 1_344;
const PARTS = 10;
const EMPLOYEES = 10_000;
const CUSTOMERS = 1_500_000;

/** Accesses as they are in the middle: a customer or two, most with a seller and a case. */
const fillSql = (from: number, rows: number, all: number): string => `
  INSERT INTO {db}.access_events (event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id, customer_ids,
    record_count, case_id, session_id, source_ip, country, explained, version)
  SELECT concat('evt-', lower(hex(sipHash64(number)))), fromUnixTimestamp64Milli(${START_MS} + intDiv(number * ${HOURS * 3_600_000}, ${all}), 'UTC'),
    concat('emp-', toString(10_000 + sipHash64(number, 1) % ${EMPLOYEES})), 'employee',
    ['customer_email.read', 'order_history.read', 'customer_contact.export', 'sales_metrics.read'][1 + sipHash64(number, 2) % 4],
    if(number % 50 = 0, 'denied', 'allowed'), concat('desk-', toString(number % 5)), ['US', 'FR', 'CN', 'DE'][1 + number % 4],
    if(number % 4 = 0, NULL, concat('seller-', toString(sipHash64(number, 3) % 50_000))),
    arrayMap(i -> concat('cust-', toString(sipHash64(number, 4, i) % ${CUSTOMERS})), range(number % 3)),
    1 + number % 3, if(number % 5 = 0, NULL, concat('case-', toString(sipHash64(number, 5) % 3_000_000))),
    concat('sess-', toString(sipHash64(number, 6) % 900_000)), concat('10.', toString(number % 200), '.3.', toString(number % 250)), 'US',
    if(number % 9 = 0, 'no', 'yes'), bitOr(bitShiftLeft(sipHash64(number, 7) % 1_000_000_000_000, 20), 1)
  FROM numbers(${from}, ${rows})
  SETTINGS max_block_size = 50000, min_insert_block_size_rows = 250000, min_insert_block_size_bytes = 0, max_threads = 1`;

interface Key {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  const done = await work();
  const seconds = (performance.now() - beganMs) / 1000;
  process.stdout.write(`${what}: ${seconds.toFixed(1)} s (load ${loadavg()[0]?.toFixed(1)})\n`);
  return done;
}

async function measure(ch: ClickHouse, folder: string, rows: number): Promise<void> {
  await migrate(ch, { dryRun: false });
  const anchor = fileAnchor(join(folder, 'digests.ndjson'));
  const [stored] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.evidence_digests');
  const key = keyIn(folder);
  if (stored?.n === '0') {
    await timed(`${rows} rows made`, async () => {
      const piece = Math.ceil(rows / PARTS);
      for (let at = 0; at < rows; at += piece) await ch.command(fillSql(at, Math.min(piece, rows - at), rows));
    });
    const nowMs = Date.now();
    const eventUntilMs = START_MS + HOURS * 3_600_000;
    await timed('sealed', () =>
      seal(ch, { key, anchor, witness: NOBODY, eventUntilMs, writtenUntilMs: nowMs, nowMs, isAlone: true }),
    );
  }
  const summary = await timed('verified', () =>
    verifyEvidence(ch, { publicKey: key.publicKey, anchor, witness: NOBODY }),
  );
  const { problems, rows: verified, hours } = summary;
  process.stdout.write(`${JSON.stringify({ verified, hours, problems: problems.length })}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** A key of this measurement, kept beside its digests. */
function keyIn(folder: string): Key {
  const path = join(folder, 'bench-key.json');
  if (!existsSync(path)) {
    const fresh = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    writeFileSync(path, JSON.stringify(fresh), { mode: 0o600 });
  }
  const { publicKey, privateKey }: { publicKey: string; privateKey: string } = JSON.parse(readFileSync(path, 'utf8'));
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rows: { type: 'string' }, data: { type: 'string' } } });
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'keyhole-bench-evidence-'));
  const server = await startClickHouse({ dataPath: folder });
  const ch = connectClickHouse(server.settings);
  try {
    await measure(ch, folder, Number(values.rows ?? 10_000_000));
  } finally {
    await ch.close();
    await server.stop();
    if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

void main();
