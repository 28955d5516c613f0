// A server with an organisation's data, the views of the roles, and a way to ask as anybody, in the server's own words.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClickHouse,
  type ClickHouseSettings,
  connectClickHouse,
} from '../../../services/platform/clickhouse/client.js';
import { migrate } from '../../../services/platform/clickhouse/migrate.js';
import { applyRoles } from '../../../services/platform/clickhouse/roles.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import type { Role } from '../../../services/platform/stack/engine.js';

export const DATABASE = 'keyhole_test';
export const PEOPLE = ['analyst', 'investigator', 'auditor'] as const;
/** No text of an answer, an error or a log that reaches a role may hold it. */
export const SECRET = /secret-customer/;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

type Parameters = Readonly<Record<string, string>>;

export interface RoleWorld {
  readonly server: ClickHouseServer;
  readonly writer: ClickHouse;
  readonly dataPath: string;
  ask(role: Role, sql: string, parameters?: Parameters): Promise<Answer>;
  /** As the administrator, at the engine's own address. */
  askEngine(sql: string, parameters?: Parameters): Promise<Answer>;
  close(): Promise<void>;
}

export async function openRoleWorld(analystMarketplaces: readonly string[] = []): Promise<RoleWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhole-roles-'));
  const server = await startClickHouse({ dataPath: folder, database: DATABASE, analystMarketplaces });
  const writer = connectClickHouse(server.settings);
  // By the role, so that it is known to suffice for all that makes the tables and views.
  const maker = connectClickHouse(server.roles.writer);
  await migrate(maker, { dryRun: false });
  await applyRoles(maker);
  await fill(maker);
  await maker.close();
  return {
    server,
    writer,
    dataPath: folder,
    ask: (role, sql, parameters) => askAs(server.roles[role], sql, parameters),
    askEngine: (sql, parameters) => askAs(server.adminSettings, sql, parameters),
    async close() {
      await writer.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In the server's own words. */
export async function askAs(login: ClickHouseSettings, sql: string, parameters: Parameters = {}): Promise<Answer> {
  try {
    const answer = await fetch(`${login.url}/?${new URLSearchParams(parameters)}`, {
      method: 'POST',
      body: sql,
      headers: { 'X-ClickHouse-User': login.user, 'X-ClickHouse-Key': login.password },
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    // An answer that passes a bound while it is sent is broken off.
    return { status: 500, text: 'broken off' };
  }
}

async function fill(ch: ClickHouse): Promise<void> {
  const at = "toDateTime64('2026-03-01 09:00:00', 3, 'UTC')";
  await ch.command(
    `INSERT INTO {db}.access_events (event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id, customer_ids, record_count, explained, version)
    SELECT concat('ev-', toString(number)), ${at} + INTERVAL number SECOND, if(number < 20, 'e-fr', 'e-us'), 'employee', 'customer_email.read', 'allowed', 'desk', if(number < 20, 'FR', 'US'), 's-1',
      [concat('secret-customer-', toString(number % 25))], 1, 'no', 1 FROM numbers(40)`,
  );
  await ch.command(
    `INSERT INTO {db}.employees (employee_id, department, role, peer_group, marketplace, status, hired_at, valid_from, version)
    VALUES ('e-fr', 'd', 'r', 'p', 'FR', 'active', ${at}, ${at}, 1), ('e-us', 'd', 'r', 'p', 'US', 'active', ${at}, ${at}, 1)`,
  );
  await ch.command(
    `INSERT INTO {db}.support_cases (case_id, kind, status, opened_at, opened_by, customer_ids, updated_at, version)
    VALUES ('case-1', 'investigation', 'open', ${at}, 'e-fr', ['secret-customer-1'], ${at}, 1)`,
  );
  await ch.command(
    `INSERT INTO {db}.customer_complaints (complaint_id, customer_id, received_at, kind, channel, version) VALUES ('co-1', 'secret-customer-1', ${at}, 'other', 'mail', 1)`,
  );
  await ch.command(
    `INSERT INTO {db}.canaries (customer_id, label, planted_at, version) VALUES ('secret-customer-2', 'of secret-customer-2', ${at}, 1)`,
  );
  await ch.command(
    `INSERT INTO {db}.contents (feed, identity, rank) VALUES ('canaries', sipHash64('secret-customer-2'), 1), ('canaries', sipHash64('secret-customer-2'), 2)`,
  );
  await ch.command(
    `INSERT INTO {db}.dead_letters (topic, partition, offset, reason, error, key, payload) VALUES ('access-log', 0, 1, 'invalid', 'x', 'secret-customer-3', 'secret-customer-3')`,
  );
  await ch.command(
    `INSERT INTO {db}.dispositions (anomaly_id, disposition, by, note) VALUES ('a', 'benign', 'e-inv', 'spoke with secret-customer-1')`,
  );
}
