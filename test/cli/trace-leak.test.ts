// `keyhole trace-leak` against a real database: which complaints are asked about, whose reads count, and what is printed where.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { complaintsOfFile, complaintsOfIds, storedComplaints } from '../../services/cli/trace-leak/complaints.js';
import { registerTraceLeak, rowsOf, traceComplaints, verdict } from '../../services/cli/trace-leak.js';
import { toDateTime64 } from '../../services/platform/clickhouse/time.js';
import { type OpenDatabase, openDatabase } from '../../services/platform/stack/database.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);
const PEOPLE = 60;
const CUSTOMERS = 900;
/** Customers whom the source sold: nobody else has more than a few of them. */
const SOLD = Array.from({ length: 12 }, (_, at) => at * 73);

let base: string;
let database: OpenDatabase;
const env = { KEYHOLE_CLICKHOUSE_DATABASE: 'test_trace_leak' };

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'keyhole-test-trace-leak-'));
  database = await openDatabase({ data: join(base, 'data'), env });
  const columns = [
    'event_id',
    'occurred_at',
    'actor_id',
    'actor_kind',
    'action',
    'outcome',
    'tool',
    'marketplace',
    'seller_id',
    'customer_ids',
    'record_count',
    'explained',
    'version',
  ];
  await database.clickhouse.insert('access_events', columns, accessRows());
  await database.clickhouse.insert(
    'customer_complaints',
    ['complaint_id', 'customer_id', 'seller_id', 'received_at', 'kind', 'channel', 'version'],
    complaints().map((one, at) => [
      `p-${at}`,
      one.customer_id,
      one.seller_id,
      toDateTime64(Date.parse(one.received_at)),
      one.kind,
      'phone',
      1,
    ]),
  );
});

afterAll(async () => {
  await database?.close();
  await rm(base, { recursive: true, force: true });
});

/** Everybody reads some customers of everybody's; the source reads those who were sold, too; a service reads all. */
function accessRows(): unknown[][] {
  const rows: unknown[][] = [];
  const add = (actor: string, customer: number, day: number, outcome = 'allowed'): void => {
    const kind = actor.startsWith('svc') ? 'service' : 'employee';
    const at = START_MS + day * DAY_MS + rows.length;
    rows.push([
      `${rows.length}`,
      toDateTime64(at),
      actor,
      kind,
      'order_history.read',
      outcome,
      'desk',
      'US',
      `s-${customer % 7}`,
      [`c-${customer}`],
      1,
      'no',
      1,
    ]);
  };
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    for (const factor of [7, 11, 29]) add(`e-${(customer * factor + factor) % PEOPLE}`, customer, customer % 10);
    add('svc-nightly', customer, 9);
    add('e-refused', customer, 9, 'denied');
  }
  for (const customer of SOLD) add('e-source', customer, 10);
  for (let customer = 0; customer < 6; customer++) add('e-source', 2 + 41 * customer, 12);
  for (const customer of SOLD) add('e-late', customer, 40);
  return rows;
}

function complaints() {
  const honest = Array.from({ length: 60 }, (_, at) => 5 + 13 * at).filter((customer) => !SOLD.includes(customer));
  return [...SOLD, ...honest].map((customer, at) => ({
    complaint_id: `p-${at}`,
    customer_id: `c-${customer}`,
    seller_id: at % 2 === 0 ? `s-${customer % 7}` : null,
    received_at: new Date(START_MS + (15 + (at % 9)) * DAY_MS).toISOString(),
    kind: 'off_platform_contact',
    channel: 'phone',
  }));
}

test('the source ranks first and stands out; services, refused reads and reads after the complaint are nobody’s', async () => {
  const trace = await traceComplaints(database.reader, await storedComplaints(database.reader, {}), null);
  const rows = rowsOf(trace);
  expect(rows[0]).toMatchObject({
    rank: 1,
    actor_id: 'e-source',
    complaints_read: 12,
    all_reads: 18,
    stands_out: true,
  });
  expect(rows[0]?.p_value).toBeLessThan(0.01);
  expect(rows.filter((row) => row.stands_out).length).toBe(1);
  const named = rows.map((row) => row.actor_id);
  for (const other of ['svc-nightly', 'e-refused', 'e-late']) expect(named).not.toContain(other);
  expect(verdict(trace)).toMatch(/^one candidate stands out/);
});

test('complaints by chance name nobody', async () => {
  const honest = (await storedComplaints(database.reader, {})).filter(
    (one) => !SOLD.includes(Number(one.customerId.slice(2))),
  );
  const trace = await traceComplaints(database.reader, honest, null);
  expect(trace.named).toBe(0);
  expect(verdict(trace)).toMatch(/^nobody stands out/);
});

test('a seller narrows the complaints to those about it', async () => {
  const trace = await traceComplaints(database.reader, await storedComplaints(database.reader, {}), 's-3');
  const about = complaints().filter((one) => Number(one.customer_id.slice(2)) % 7 === 3);
  expect(trace.complaints).toBe(about.length);
});

test('only off-platform contact within the range is taken from the database, once for each customer', async () => {
  const range = { fromMs: START_MS + 15 * DAY_MS, toMs: START_MS + 16 * DAY_MS };
  const found = await storedComplaints(database.reader, range);
  expect(found.length).toBe(complaints().filter((_, at) => at % 9 === 0).length);
});

test('a list of ids has no times; customers whom nobody read are counted and say nothing', async () => {
  const given = complaintsOfIds(`${SOLD.map((one) => `c-${one}`).join(',')}, c-unknown`);
  const trace = await traceComplaints(database.reader, given, null);
  expect([trace.complaints, trace.unread]).toEqual([12, 1]);
  expect(() => complaintsOfIds('c-1,jane@example.org')).toThrow(/number 2 is not an id/);
});

describe('a file of complaints', () => {
  test('is read as the feed is, the first complaint of a customer counts', async () => {
    const path = join(base, 'complaints.ndjson');
    const twice = complaints().flatMap((one) => [
      { ...one, complaint_id: `${one.complaint_id}-b`, received_at: '2026-05-01T00:00:00.000Z' },
      one,
    ]);
    await writeFile(path, `${twice.map((one) => JSON.stringify(one)).join('\n')}\n\n`);
    const found = await complaintsOfFile(path, {});
    expect(found.length).toBe(complaints().length);
    expect(Math.max(...found.map((one) => one.atMs ?? 0))).toBeLessThan(Date.UTC(2026, 1, 1));
  });

  test('is refused by line, without repeating what the line says', async () => {
    const path = join(base, 'broken.ndjson');
    await writeFile(path, `${JSON.stringify(complaints()[0])}\n{"complaint_id":"secret"}\n`);
    await expect(complaintsOfFile(path, {})).rejects.toThrow(
      /broken.ndjson line 2 is not a customer complaint: (?!.*secret)/,
    );
    await expect(complaintsOfFile(join(base, 'nowhere'), {})).rejects.toThrow(/is no file/);
  });
});

describe('the command', () => {
  async function run(...args: string[]): Promise<{ out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
      out.push(String(text));
      for (const one of rest) if (typeof one === 'function') one();
      return true;
    });
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
    const program = new Command().exitOverride();
    registerTraceLeak(program);
    try {
      await program.parseAsync(['node', 'keyhole', 'trace-leak', ...args]);
    } finally {
      stdout.mockRestore();
      stderr.mockRestore();
    }
    return { out: out.join(''), err: err.join('') };
  }

  test.each([
    [['--customers', 'c-1', '--complaints', 'x'], /--complaints or --customers, not both/],
    [['--customers', 'c-1', '--from', '2026-01-01'], /ids given with --customers have none/],
    [['--customers', ''], /number 1 is not an id/],
    [['--limit', '0'], /--limit/],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });

  test('prints rows alone on stdout, never a customer; the verdict goes beside', async () => {
    const before = process.env['KEYHOLE_CLICKHOUSE_DATABASE'];
    process.env['KEYHOLE_CLICKHOUSE_DATABASE'] = env.KEYHOLE_CLICKHOUSE_DATABASE;
    try {
      await database.close();
      const { out, err } = await run('--data', join(base, 'data'), '--format', 'ndjson', '--limit', '5');
      const rows = out
        .trim()
        .split('\n')
        .map((line): { rank: number; actor_id: string } => JSON.parse(line));
      expect(rows.map((row) => row.rank)).toEqual([1, 2, 3, 4, 5]);
      expect(rows[0]?.actor_id).toBe('e-source');
      expect(out + err).not.toMatch(/c-\d/);
      expect(err).toMatch(/one candidate stands out/);
      const table = await run('--data', join(base, 'data'), '--format', 'table', '--customers', 'c-1,c-2,c-8');
      expect(table.out).toMatch(/P AMONG ALL[\s\S]*nobody stands out/);
    } finally {
      if (before === undefined) delete process.env['KEYHOLE_CLICKHOUSE_DATABASE'];
      else process.env['KEYHOLE_CLICKHOUSE_DATABASE'] = before;
      database = await openDatabase({ data: join(base, 'data'), env });
    }
  });
});
