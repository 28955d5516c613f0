// After an erasure nobody gets the customer's id any more: by no table of the server, its own logs included, from no dead letter in Kafka, no
// report in any format, no backup made afterwards, and no file of the database but parts that are outdated. Each place held it before.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeadLetter } from '../../../services/core/feeds/batch.js';
import { REPORT_KINDS } from '../../../services/core/reporting/report.js';
import { createClickHouseFactStore } from '../../../services/pipeline/store/fact-store-clickhouse.js';
import { type ClickHouse, connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import { applyRoles } from '../../../services/platform/clickhouse/roles.js';
import { deadLetterMessage } from '../../../services/platform/kafka/dead-letters.js';
import { createPublisher } from '../../../services/platform/kafka/producer.js';
import { readStretch } from '../../../services/platform/kafka/read-topic.js';
import { DEAD_LETTERS_TOPIC, ensureTopics } from '../../../services/platform/kafka/topics.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import { makeReport } from '../../../services/reporter/main.js';
import { REPORT_FORMATS, renderReport } from '../../../services/reporter/render.js';
import { askAs } from '../roles/world.js';
import { cleanEnv, emptyKafka, integrationStack, keyhole } from '../support/stack.js';
import { access, beginHistory, landEvents, START_MS } from './history.js';

const CUSTOMER = 'zq81xw';

let folder: string;
let server: ClickHouseServer;
let ch: ClickHouse;
let admin: ClickHouse;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const stack = await integrationStack();
  await emptyKafka();
  await ensureTopics(stack.kafka, { dryRun: false, partitions: 1 });
  folder = mkdtempSync(join(tmpdir(), 'keyhole-forgotten-'));
  server = await startClickHouse({ dataPath: folder, database: 'keyhole_test' });
  ch = connectClickHouse(server.settings);
  admin = connectClickHouse(server.adminSettings);
  env = {
    ...cleanEnv(),
    KEYHOLE_KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    KEYHOLE_SCHEMA_REGISTRY_URL: stack.registryUrl,
    KEYHOLE_CLICKHOUSE_URL: server.settings.url,
    KEYHOLE_CLICKHOUSE_USER: server.settings.user,
    KEYHOLE_CLICKHOUSE_PASSWORD: server.settings.password,
    KEYHOLE_CLICKHOUSE_DATABASE: server.settings.database,
    KEYHOLE_SEALING_KEY_FILE: join(folder, 'sealing.pem'),
  };
  await migrate(ch, { dryRun: false });
  await applyRoles(ch);
});

afterAll(async () => {
  await ch?.close();
  await admin?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The customer in every place that takes one. */
async function leaveTraces(): Promise<void> {
  const { kafka } = await integrationStack();
  await beginHistory(ch, 60);
  await landEvents(
    ch,
    Array.from({ length: 5 }, (_, n) => access(900 + n, { actor_id: 'emp-1', customer_ids: [CUSTOMER, 'customer-3'] })),
  );
  const store = createClickHouseFactStore(ch);
  const complaint = { complaint_id: 'complaint-1', seller_id: null, received_at: START_MS, channel: 'mail' };
  await store.insertContext('customer-complaints', [{ ...complaint, customer_id: CUSTOMER, kind: 'other' }], [5]);
  const letter: DeadLetter = {
    ...{ topic: 'canaries', partition: 0, offset: '1', reason: 'invalid', error: 'planted_at: not a time' },
    ...{ key: Buffer.from(CUSTOMER), payload: Buffer.from(`{"customer_id":"${CUSTOMER}"}`) },
  };
  await store.insertDeadLetters([letter]);
  const publisher = createPublisher(kafka);
  const other = { ...letter, key: null, payload: Buffer.from('{"customer_id":"customer-4"}') };
  await publisher.send(DEAD_LETTERS_TOPIC, [deadLetterMessage(letter), deadLetterMessage(other)]);
  await publisher.close();
  await ch.insert('dispositions', ['anomaly_id', 'disposition', 'by', 'note'], [['a-0', 'benign', 'x', CUSTOMER]]);
  await ch.query(`SELECT count() FROM {db}.accesses WHERE has(customer_ids, '${CUSTOMER}')`);
  await ch.query(`SELECT toDate('${CUSTOMER}')`).catch(() => undefined);
  await ch.query('SELECT {asked:String}', { asked: CUSTOMER });
  await askInHeaders();
  await keyhole(['seal', '--all', '--new-key'], env);
}

/** Its row keeps a trace of the question's id. */
const REVEALED = `INSERT INTO keyhole_test.reveals (case_id, pseudonym) SELECT 'case-asked', 'p-${'0'.repeat(24)}'`;

/** In what a client says beside its question, and in a person's question as names. */
async function askInHeaders(): Promise<void> {
  const { url, user, password } = server.settings;
  const login = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password };
  const spoken: { path?: string; headers?: Record<string, string> }[] = [
    { path: `?query_id=about-${CUSTOMER}` },
    { path: `?query_id=about-${CUSTOMER}&query=${encodeURIComponent(REVEALED)}` },
    { path: `?log_comment=${CUSTOMER}` },
    { path: `?http_response_headers=${encodeURIComponent(`{'x':'${CUSTOMER}'}`)}` },
    { headers: { 'User-Agent': CUSTOMER } },
    { headers: { Referer: `http://tickets/${CUSTOMER}` } },
    { headers: { 'X-Forwarded-For': `${CUSTOMER}, 127.0.0.1` } },
  ];
  for (const { path = '', headers = {} } of spoken)
    await fetch(`${url}/${path}`, {
      method: 'POST',
      body: path.includes('query=') ? '' : 'SELECT 1',
      headers: { ...login, ...headers },
    });
  const question = `SELECT 1 AS ${CUSTOMER}, 2 AS "for ${CUSTOMER}", 3 AS \`x${CUSTOMER}\`, ${CUSTOMER} + sipHash64(4) AS n`;
  const answer = await askAs(server.roles.analyst, question, { query_id: `ticket-${CUSTOMER}` });
  expect(answer.status).toBe(200);
}

const TOO_LONG = /^(numbers|zeros|generate_series|primes|one$|stack_trace|contributors|licenses|time_zones|unicode)/;

/** Tables and views of the whole server in which the id stands, as database.table. */
async function tablesWithId(within = ''): Promise<string[]> {
  await admin.command('SYSTEM FLUSH LOGS');
  const tables = await admin.query<{ database: string; name: string }>(
    "SELECT database, name FROM system.tables WHERE database NOT IN ('INFORMATION_SCHEMA', 'information_schema')",
  );
  const found: string[] = [];
  for (const { database, name } of tables) {
    if ((database === 'system' && TOO_LONG.test(name)) || !database.startsWith(within)) continue;
    const text = await asText(`SELECT * FROM \`${database}\`.\`${name}\``).catch(() => '');
    if (hasId(Buffer.from(text))) found.push(`${database}.${name}`);
  }
  return found.sort();
}

async function asText(sql: string): Promise<string> {
  const { url, user, password } = server.adminSettings;
  const answer = await fetch(url, {
    method: 'POST',
    body: `${sql} SETTINGS log_queries = 0 FORMAT TSV`,
    headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.text();
}

/** As it stands, or in base64 with any neighbours. */
function hasId(bytes: Buffer): boolean {
  if (bytes.includes(CUSTOMER)) return true;
  const opened = [...bytes.toString('latin1').matchAll(/base64:([A-Za-z0-9+/=]+)/g)];
  return opened.some(([, text]) => Buffer.from(text ?? '', 'base64').includes(CUSTOMER));
}

async function lettersWithId(): Promise<number> {
  const { kafka } = await integrationStack();
  let found = 0;
  await readStretch(kafka, { topic: DEAD_LETTERS_TOPIC, from: new Map() }, ({ key, value }) => {
    if (hasId(value) || (key !== null && hasId(key))) found++;
  });
  return found;
}

/** Reports in which it stands, as kind.format. */
async function reportsWithId(): Promise<string[]> {
  const found: string[] = [];
  const whole = { fromMs: START_MS - 86_400_000, toMs: START_MS + 86_400_000, actorId: 'emp-1' };
  const rest = { anomalyId: '', clusterId: '', awareAtMs: null, alertBudget: 2, sigmaRules: null };
  for (const kind of REPORT_KINDS) {
    const report = await makeReport(ch, {
      kind,
      sellerId: kind === 'seller-action' ? 'seller-1' : '',
      ...whole,
      ...rest,
    });
    for (const format of REPORT_FORMATS) if (hasId(await renderReport(report, format))) found.push(`${kind}.${format}`);
  }
  return found;
}

function filesWithId(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    return entry.isFile() && readFileSync(file).includes(CUSTOMER) ? [file] : [];
  });
}

const isWithin = (file: string, parts: readonly string[]): boolean =>
  file.includes('/delete_tmp_') || parts.some((part) => file.includes(part.split('/store/')[1] ?? part));

/** Folders of parts that were replaced, which ClickHouse removes by itself some minutes later. */
async function outdatedParts(): Promise<string[]> {
  const rows = await admin.query<{ path: string }>('SELECT path FROM system.parts WHERE active = 0');
  return rows.map(({ path }) => path);
}

test('after an erasure the id is in no table, log, dead letter, report, backup or file', async () => {
  await leaveTraces();
  const before = await tablesWithId();
  for (const name of ['access_events', 'accesses', 'complaints', 'dead_letters', 'dispositions'])
    expect(before).toContain(`keyhole_test.${name}`);
  expect(before).toContain('system.query_log');
  const chosen = ['query_id', 'http_user_agent', 'http_referer', 'forwarded_for', 'log_comment', 'Settings'];
  for (const column of chosen)
    expect(
      await asText(`SELECT count() > 0 FROM system.query_log WHERE toString(${column}) LIKE '%${CUSTOMER}%'`),
    ).toBe('1\n');
  expect(await lettersWithId()).toBe(1);
  expect(await reportsWithId()).toContain('affected-customers.csv');
  expect(filesWithId(join(folder, 'clickhouse')).length).toBeGreaterThan(2);

  const said = await keyhole(['erase', '--customer', CUSTOMER, '--by', 'officer-1'], env);
  expect(said).toMatch(/^erased: 5 accesses/);
  expect(said).not.toContain(CUSTOMER);
  expect(await ch.query("SELECT case_id FROM {db}.reveals WHERE case_id = 'case-asked'")).toHaveLength(1);
  await keyhole(['verify'], env);
  expect(await tablesWithId()).toEqual([]);
  expect(await ch.query("SELECT question FROM {db}.watcher_queries WHERE actor_id = 'keyhole_analyst'")).toEqual([
    { question: 'SELECT ? AS ?, ? AS `?`, ? AS `?`, ? + sipHash64(?) AS n' },
  ]);
  expect(await lettersWithId()).toBe(0);
  expect(await reportsWithId()).toEqual([]);

  await admin.command("BACKUP DATABASE keyhole_test TO File('after')");
  await admin.command("RESTORE DATABASE keyhole_test AS keyhole_test_restored FROM File('after')");
  expect(await admin.query('SELECT count() AS n FROM keyhole_test_restored.access_events')).toEqual([{ n: '65' }]);
  expect(await tablesWithId('keyhole_test_restored')).toEqual([]);
  const outdated = await outdatedParts();
  const left = filesWithId(join(folder, 'clickhouse')).filter((file) => !isWithin(file, outdated));
  expect(left).toEqual([]);
  expect(filesWithId(join(folder, 'logs'))).toEqual([]);
}, 900_000);
