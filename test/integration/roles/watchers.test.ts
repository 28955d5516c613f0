// An investigator who reveals in bulk is found by the same detections as anybody else, and the auditor sees it.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectQueries, watcherAccesses } from '../../../services/pipeline/watchers.js';
import { connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { applyRoles } from '../../../services/platform/clickhouse/roles.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import type { Role } from '../../../services/platform/stack/engine.js';
import { startScorer } from '../support/scorer.js';
import { emptyKafka, freshDatabase, integrationStack, keyhole, until } from '../support/stack.js';

const DAYS = 16;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const INVESTIGATOR = 'keyhole_investigator';

describe('the watchers', () => {
  let folder: string;
  let data: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyhole-watchers-'));
    data = join(folder, 'data');
    const traffic = join(folder, 'case');
    const start = day(Date.now() - (DAYS - 1) * 86_400_000);
    await keyhole([
      'simulate',
      traffic,
      '--seed',
      '3',
      '--employees',
      '60',
      '--days',
      String(DAYS),
      '--start',
      start,
      '--campaign',
      'none',
    ]);
    const colleague = {
      employee_id: INVESTIGATOR,
      department: 'customer-service',
      role: 'support_agent',
      peer_group: 'cs-agents-cn',
      marketplace: 'CN',
      status: 'active',
    };
    const since = `${start}T00:00:00.000Z`;
    appendFileSync(
      join(traffic, 'employees.ndjson'),
      `${JSON.stringify({ ...colleague, hired_at: since, valid_from: since })}\n`,
    );
    await keyhole(['replay', traffic, '--data', data]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (server: ClickHouseServer, role: Role, sql: string): Promise<string> => {
    const { url, user, password } = server.roles[role];
    const answer = await fetch(url, {
      method: 'POST',
      body: sql,
      headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };

  test('become anomalies when they read in bulk', async () => {
    const out = join(folder, 'watched');
    const server = await startClickHouse({ dataPath: data });
    const ch = connectClickHouse(server.settings);
    try {
      await applyRoles(ch);
      await ask(server, 'analyst', 'SELECT count() FROM keyhole_analyst.accesses');
      const bulk = `SELECT (SELECT max(case_id) FROM keyhole_analyst.latest_cases WHERE kind = 'support'), customer_id FROM
        (SELECT DISTINCT arrayJoin(customer_ids) AS customer_id FROM keyhole_analyst.accesses ORDER BY customer_id LIMIT 400)`;
      await ask(server, 'investigator', `INSERT INTO keyhole.reveals (case_id, pseudonym) ${bulk}`);
      const shown = await ask(server, 'investigator', 'SELECT customer_id FROM keyhole_investigator.revealed');
      expect(shown.trim().split('\n')).toHaveLength(400);

      await collectQueries(ch);
      await collectQueries(ch);
      const accesses = await watcherAccesses(ch);
      expect(new Set(accesses.map(({ event_id }) => event_id)).size).toBe(accesses.length);
      const reveal = accesses.find(({ action }) => action === 'customer_email.read');
      expect(reveal).toMatchObject({ actor_id: INVESTIGATOR, tool: 'keyhole', outcome: 'allowed', record_count: 400 });
      expect([...(reveal?.customer_ids ?? [])].sort()).toEqual(shown.trim().split('\n').sort());

      const activity = await ask(
        server,
        'auditor',
        `SELECT sum(customers_revealed), countIf(question LIKE '%revealed%') > 0 FROM keyhole_auditor.investigator_activity WHERE actor_id = '${INVESTIGATOR}'`,
      );
      expect(activity.trim()).toBe('400\t1');
      const all = await ask(server, 'auditor', 'SELECT * FROM keyhole_auditor.investigator_activity');
      for (const customer of reveal?.customer_ids ?? []) expect(all).not.toContain(customer);
    } finally {
      await ch.close();
      await server.stop();
    }
    await keyhole(['watchers', out, '--data', data]);
    await keyhole(['replay', out, '--data', data]);
    const found = await keyhole([
      'anomalies',
      '--data',
      data,
      '--actor',
      INVESTIGATOR,
      '--format',
      'ndjson',
      '--open-only',
    ]);
    const severities = found
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { severity: string }).severity);
    expect(severities.some((severity) => severity === 'high' || severity === 'critical')).toBe(true);
  });

  test('come through Kafka like any other access', async () => {
    const stack = await integrationStack();
    await emptyKafka();
    const database = await freshDatabase('watched');
    await keyhole(['migrate'], database.env);
    const written = readFileSync(join(folder, 'watched', 'access-log.ndjson'), 'utf8')
      .trim()
      .split('\n');
    await keyhole(['produce', join(folder, 'watched')], database.env);
    const scorer = startScorer(stack, database, 'watched');
    try {
      const stored = `SELECT count() AS n, countIf(action = 'customer_email.read' AND actor_id = '${INVESTIGATOR}') AS reveals FROM {db}.accesses WHERE tool = 'keyhole'`;
      await until('every question and reveal is stored', async () => {
        const [row] = await database.clickhouse.query<{ n: string; reveals: string }>(stored);
        return row?.n === String(written.length) && row.reveals === '1';
      });
      expect(await database.clickhouse.query('SELECT * FROM {db}.dead_letters')).toEqual([]);
    } finally {
      await scorer.stop();
    }
  });
});
