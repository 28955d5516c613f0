// Against the real Alertmanager: fire, update, resolve, and no alert twice although the alerter is killed after each step. Needs the
// Debian package prometheus-alertmanager (or an `alertmanager` on the PATH).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublisher, type Publisher } from '../../../services/platform/kafka/producer.js';
import { ANOMALIES_TOPIC, ensureTopics } from '../../../services/platform/kafka/topics.js';
import { emptyTopic, type FreshDatabase, freshDatabase, integrationStack, startCli, until } from '../support/stack.js';

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), 'keyhole-alertmanager-test-'));
const pages: { readonly status: string; readonly severity: string | undefined }[] = [];
let manager: ChildProcess;
let url: string;
let database: FreshDatabase;
let publisher: Publisher;
let alerter: ChildProcess;
const pager = createHttpServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString('utf8');
  });
  request.on('end', () => {
    const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] };
    for (const { status, labels } of alerts) pages.push({ status, severity: labels['severity'] });
    response.end();
  });
});

function binary(): string {
  for (const name of ['prometheus-alertmanager', 'alertmanager']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {}
  }
  throw new Error('no Alertmanager on the PATH: install the Debian package prometheus-alertmanager');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const active = async (): Promise<Alert[]> =>
  (await fetch(`${url}/api/v2/alerts?active=true`)).json() as Promise<Alert[]>;

beforeAll(async () => {
  const { kafka } = await integrationStack();
  await emptyTopic(ANOMALIES_TOPIC);
  await ensureTopics(kafka, { dryRun: false });
  database = await freshDatabase('alertmanager');
  publisher = createPublisher(kafka);
  await new Promise<void>((resolve) => pager.listen(0, '127.0.0.1', resolve));
  const config = join(folder, 'alertmanager.yml');
  const hook = `http://127.0.0.1:${(pager.address() as AddressInfo).port}/`;
  writeFileSync(
    config,
    `route: { receiver: pager, group_by: ['...'], group_wait: 1s, group_interval: 1s, repeat_interval: 24h }\nreceivers: [{ name: pager, webhook_configs: [{ url: '${hook}', send_resolved: true }] }]\n`,
  );
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const options = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  manager = spawn(binary(), options, { stdio: 'ignore' });
  await until('Alertmanager answers', async () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  alerter = start();
});

afterAll(async () => {
  alerter.kill('SIGKILL');
  manager.kill('SIGTERM');
  await new Promise((resolve) => manager.once('exit', resolve));
  await publisher.close();
  pager.closeAllConnections();
  await new Promise((resolve) => pager.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** A group of its own each time reads the topic from its beginning, as after the loss of all offsets. */
const start = (): ChildProcess =>
  startCli(['alert'], {
    ...database.env,
    KEYHOLE_ALERTMANAGER_URL: url,
    KEYHOLE_ALERT_GROUP_ID: `alertmanager-${Math.random().toString(36).slice(2)}`,
  });

async function killed(): Promise<void> {
  const ended = new Promise((resolve) => alerter.once('exit', resolve));
  alerter.kill('SIGKILL');
  await ended;
  alerter = start();
  await until('the alerter is back', async () => {
    const [row] = await database.clickhouse.query<{ n: string }>(
      "SELECT count() AS n FROM {db}.alerts_sent WHERE state = 'pending'",
    );
    return row?.n === '0';
  });
}

const publish = (value: Record<string, unknown>): Promise<void> =>
  publisher.send(ANOMALIES_TOPIC, [{ key: 'a-1', value: Buffer.from(JSON.stringify(value)) }]);

const anomaly = {
  anomaly_id: 'a-1',
  status: 'open',
  content: 'c-1',
  detection: 'canary_read',
  detection_version: 1,
  severity: 'high',
  score: 71.5,
  actor_id: 'e-17',
  seller_id: '',
  cluster_id: '',
  window_start: '2026-03-01T00:00:00.000Z',
  window_end: '2026-03-02T00:00:00.000Z',
  detected_at: '2026-03-01T09:30:00.000Z',
  summary: 'e-17 read 1 customer who does not exist',
  factors: [],
  event_count: 1,
  customer_count: 1,
  evidence_event_ids: [],
};

test('one page when it fires, one when it gets worse, one end of each; none more for any kill', async () => {
  await publish(anomaly);
  await until('it fires', async () => (await active()).length === 1);
  await until('the pager rings', async () => pages.length === 1);
  await killed();
  expect(await active()).toMatchObject([
    {
      labels: { alertname: 'canary_read', severity: 'high', anomaly_id: 'a-1' },
      annotations: { summary: anomaly.summary },
    },
  ]);
  await publish({ ...anomaly, content: 'c-2', severity: 'critical', score: 90 });
  await until('it is critical, and only that', async () => {
    const alerts = await active();
    return alerts.length === 1 && alerts[0]?.labels['severity'] === 'critical';
  });
  await until('the pager has heard of it', async () => pages.length === 3);
  await killed();
  await publish({ anomaly_id: 'a-1', status: 'withdrawn', detection: 'canary_read' });
  await until('nothing is active', async () => (await active()).length === 0);
  await until('the pager has heard of that', async () => pages.length === 4);
  await killed();
  expect(await active()).toEqual([]);
  expect(pages.map(({ status, severity }) => `${status} ${severity}`).sort()).toEqual([
    'firing critical',
    'firing high',
    'resolved critical',
    'resolved high',
  ]);
});
