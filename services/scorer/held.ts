// Which of the anomalies just told are not what the newest judgement of their window says, and what it says instead, as messages.
// Reads the few judgements of their windows; the whole rows only of those that differ, which are rare.

import type { PublishedFinding } from '../pipeline/tell.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

/** @returns the messages that take back what no longer holds; empty when everything told holds */
export async function readHeld(ch: ClickHouse, told: readonly PublishedFinding[]): Promise<PublishedFinding[]> {
  const named = await readNamed(ch, told);
  const wrong = told.filter(({ anomaly_id, value }) => named.get(anomaly_id) !== contentOf(value));
  const open = await readOpen(
    ch,
    wrong.map(({ anomaly_id }) => anomaly_id).filter((id) => named.has(id)),
  );
  return wrong.flatMap((finding) => {
    const held = named.has(finding.anomaly_id) ? open.get(finding.anomaly_id) : withdrawn(finding);
    // Named, and not open any more when its row was read: somebody is judging it now, and will tell.
    return held === undefined ? [] : [{ ...finding, value: held }];
  });
}

type Message = PublishedFinding['value'];

/** undefined: withdrawn. */
const contentOf = (value: Message): unknown => (value['status'] === 'open' ? value['content'] : undefined);

const withdrawn = ({ anomaly_id, value }: PublishedFinding): Message => ({
  anomaly_id,
  detection: value['detection'],
  window_start: value['window_start'],
  status: 'withdrawn',
});

/** Contents by anomaly, as the newest judgements of these anomalies' windows name them. */
async function readNamed(ch: ClickHouse, told: readonly PublishedFinding[]): Promise<Map<string, string>> {
  const rows = await ch.query<{ id: string; content: string }>(
    `SELECT finding.anomaly_id AS id, finding.content AS content FROM {db}.judgements FINAL ARRAY JOIN findings AS finding
    WHERE detection IN {detections:Array(String)} AND window_start IN {starts:Array(Date)}`,
    {
      detections: [...new Set(told.map(({ value }) => String(value['detection'])))],
      starts: [...new Set(told.map(({ value }) => String(value['window_start']).slice(0, 10)))],
    },
  );
  return new Map(rows.map(({ id, content }) => [id, content]));
}

const TIMES = ['window_start', 'window_end', 'detected_at'];
const COUNTS = ['score', 'event_count', 'customer_count'];

async function readOpen(ch: ClickHouse, ids: readonly string[]): Promise<Map<string, Message>> {
  if (ids.length === 0) return new Map();
  const rows = await ch.query<Record<string, unknown>>(
    `SELECT * EXCEPT (reasoning, disposition, first_written_at, updated_at, revision) FROM {db}.anomaly_details
    WHERE status = 'open' AND anomaly_id IN {ids:Array(String)}`,
    { ids },
  );
  return new Map(rows.map((row) => [String(row['anomaly_id']), toMessage(row)]));
}

function toMessage(row: Readonly<Record<string, unknown>>): Message {
  const message: Record<string, unknown> = { ...row };
  for (const name of COUNTS) message[name] = Number(row[name]);
  for (const name of TIMES) message[name] = new Date(`${String(row[name]).replace(' ', 'T')}Z`).toISOString();
  return message;
}
