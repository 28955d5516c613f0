// A declared destination made into something that can be sent to: its secrets read, its messages rendered, its answers turned into
// Deliveries. Decides the shape of a message by kind; routing, retries and caps are others' work.

import { appendFile } from 'node:fs/promises';
import { toAlertmanager } from '../core/alerting/render/alertmanager.js';
import { toSlack, toTeams, toText } from '../core/alerting/render/chat.js';
import { keyOf, type Message, titleOf } from '../core/alerting/render/message.js';
import { toOcsf, toSplunk } from '../core/alerting/render/ocsf.js';
import { toPagerDuty } from '../core/alerting/render/pagerduty.js';
import { signatureOf, toWebhook } from '../core/alerting/render/webhook.js';
import type { Destination, DestinationKind } from '../core/alerting/routing.js';
import type { Publisher } from '../platform/kafka/producer.js';
import { ACCEPTED, type Delivery } from '../platform/notify/delivery.js';
import { post } from '../platform/notify/http.js';
import { type Mail, sendMail } from '../platform/notify/mail.js';
import type { Secrets } from './secrets.js';

export type Send = (message: Message, nowMs: number) => Promise<Delivery>;

/** How many messages of a destination may be on their way at once. */
export const CONCURRENCY = 8;

/** For people: further anomalies of one employee are gathered, and there is an hourly cap. Archives get everything, one by one. */
export const isForPeople = (kind: DestinationKind): boolean => ['slack', 'teams', 'email'].includes(kind);
export const isArchive = (kind: DestinationKind): boolean => kind.startsWith('ocsf_') || kind === 'splunk_hec';

export interface SenderParts {
  readonly secrets: Secrets;
  readonly publisher: Publisher;
  readonly version: string;
}

export function createSend(name: string, destination: Destination, { secrets, publisher, version }: SenderParts): Send {
  const { timeout_ms: timeoutMs } = destination;
  const json = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Delivery> =>
    post({ url, body: JSON.stringify(body), headers, timeoutMs });
  switch (destination.kind) {
    case 'alertmanager': {
      const url = `${destination.url.replace(/\/$/, '')}/api/v2/alerts`;
      const headers = basic(destination.user, secrets.get(name, 'password'));
      return (message, nowMs) => json(url, toAlertmanager(message, nowMs), headers);
    }
    case 'pagerduty':
      return (message) =>
        inTurn(toPagerDuty(message, secrets.get(name, 'routing_key') ?? ''), (event) => json(destination.url, event));
    case 'slack':
      return (message) => json(secrets.get(name, 'url') ?? '', toSlack(message));
    case 'teams':
      return (message) => json(secrets.get(name, 'url') ?? '', toTeams(message));
    case 'webhook':
      return (message, nowMs) => postSigned(destination.url, message, secrets.get(name, 'key'), timeoutMs, nowMs);
    case 'email':
      return (message) => sendMail(mailOf(destination, secrets.get(name, 'password'), message));
    case 'ocsf_http':
      return (message, nowMs) =>
        inTurn(toOcsf(message, version, nowMs), (event) =>
          json(destination.url, event, bearer('Bearer', secrets.get(name, 'token'))),
        );
    case 'splunk_hec':
      return (message, nowMs) =>
        inTurn(toSplunk(message, version, nowMs), (event) =>
          json(destination.url, event, bearer('Splunk', secrets.get(name, 'token'))),
        );
    case 'ocsf_topic':
      return async (message, nowMs) => {
        const events = toOcsf(message, version, nowMs).map((event) => ({
          key: keyOf(message),
          value: Buffer.from(JSON.stringify(event)),
        }));
        return guarded('the topic cannot be written', () => publisher.send(destination.topic, events));
      };
    case 'ocsf_file':
      return async (message, nowMs) => {
        const lines = toOcsf(message, version, nowMs).map((event) => `${JSON.stringify(event)}\n`);
        return guarded('the file cannot be written', () =>
          appendFile(destination.path, lines.join(''), { mode: 0o600 }),
        );
      };
  }
}

async function guarded(reason: string, write: () => Promise<void>): Promise<Delivery> {
  try {
    await write();
    return ACCEPTED;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { outcome: 'later', reason: `${reason}${code}`, scope: 'destination' };
  }
}

/** One after the other; the first that is not accepted ends it, and all come again under their keys. */
async function inTurn<T>(parts: readonly T[], send: (part: T) => Promise<Delivery>): Promise<Delivery> {
  for (const part of parts) {
    const delivery = await send(part);
    if (delivery.outcome !== 'accepted') return delivery;
  }
  return ACCEPTED;
}

function postSigned(
  url: string,
  message: Message,
  key: string | undefined,
  timeoutMs: number,
  nowMs: number,
): Promise<Delivery> {
  const body = JSON.stringify(toWebhook(message));
  const headers = {
    'Keyhole-Delivery': keyOf(message),
    ...(key === undefined ? {} : { 'Keyhole-Signature': signatureOf(body, key, nowMs) }),
  };
  return post({ url, body, headers, timeoutMs });
}

function basic(user: string | undefined, password: string | undefined): Record<string, string> {
  if (user === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
}

const bearer = (scheme: string, token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `${scheme} ${token}` };

function mailOf(
  destination: Extract<Destination, { kind: 'email' }>,
  password: string | undefined,
  message: Message,
): Mail {
  const { host, port, tls, user, from, to, timeout_ms: timeoutMs } = destination;
  return {
    host,
    port,
    tls,
    from,
    to,
    timeoutMs,
    subject: titleOf(message),
    text: toText(message),
    key: keyOf(message),
    ...(user === undefined ? {} : { user, password: password ?? '' }),
  };
}
