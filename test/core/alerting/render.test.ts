import { createHmac } from 'node:crypto';
import type { Item } from '../../../services/core/alerting/item.js';
import { toAlertmanager } from '../../../services/core/alerting/render/alertmanager.js';
import { toSlack, toTeams, toText } from '../../../services/core/alerting/render/chat.js';
import { keyOf, type Message } from '../../../services/core/alerting/render/message.js';
import { toOcsf, toSplunk } from '../../../services/core/alerting/render/ocsf.js';
import { toPagerDuty } from '../../../services/core/alerting/render/pagerduty.js';
import { signatureOf, toWebhook } from '../../../services/core/alerting/render/webhook.js';
import { item } from './notices.js';

const NOW = Date.UTC(2026, 2, 1, 10);
const alert = (...items: [Item, ...Item[]]): Message => ({ kind: 'alert', items });
const digest = (...items: [Item, ...Item[]]): Message => ({ kind: 'digest', items });
const many: [Item, ...Item[]] = [
  item(),
  item({ anomaly_id: 'a-2', severity: 'critical' }),
  item({ anomaly_id: 'a-3', actor_id: 'e-9' }),
];

const all: readonly [string, (message: Message) => unknown][] = [
  ['alertmanager', (message) => toAlertmanager(message, NOW)],
  ['pagerduty', (message) => toPagerDuty(message, 'the-routing-key')],
  ['slack', toSlack],
  ['teams', toTeams],
  ['text', toText],
  ['webhook', toWebhook],
  ['ocsf', (message) => toOcsf(message, '0.1.0', NOW)],
  ['splunk', (message) => toSplunk(message, '0.1.0', NOW)],
];

describe.each(all)('%s', (_, render) => {
  test('says the plain sentence and the next command', () => {
    const said = JSON.stringify(render(alert(item())));
    expect(said).toContain('212 customers in 3 h');
    expect(said).toContain('keyhole explain a-1');
  });
  test('marks a test as one', () => {
    expect(JSON.stringify(render({ kind: 'test', destination: 'team' }))).toMatch(/This is a test/);
  });
});

describe('a digest counts exactly', () => {
  test.each([
    ['alertmanager', (message: Message) => toAlertmanager(message, NOW)[0]?.annotations['count'], '3'],
    ['webhook', (message: Message) => toWebhook(message)['count'], 3],
    ['text', (message: Message) => toText(message).split('\n')[0], '3 anomalies of 2 employees, sellers or clusters:'],
  ])('%s', (_, read, expected) => {
    expect(read(digest(...many))).toBe(expected);
  });
});

test('the key of an anomaly stays through its updates, and a repeated message has the same key', () => {
  expect(keyOf(alert(item()))).toBe(keyOf(alert(item({ content: 'c-2', score: 80 }, { action: 'update' }))));
  expect(keyOf(alert(...many))).toBe(keyOf(alert(...([...many].reverse() as [Item, ...Item[]]))));
  expect(keyOf(alert(...many))).not.toBe(keyOf(alert(item())));
});

describe('Alertmanager', () => {
  test('gets labels that are identity only', () => {
    const [one] = toAlertmanager(alert(item()), NOW);
    expect(one?.labels).toEqual({
      alertname: 'bulk_customer_email_read',
      source: 'keyhole',
      severity: 'high',
      anomaly_id: 'a-1',
      actor_id: 'e-17',
      seller_id: 's-4',
    });
  });
  test('ends an alert now when it is resolved', () => {
    const [one] = toAlertmanager(alert(item({}, { action: 'resolve' })), NOW);
    expect(one?.endsAt).toBe(new Date(NOW).toISOString());
  });
  test('ends the alert under the old severity when the severity rose', () => {
    const both = toAlertmanager(alert(item({ severity: 'critical' }, { action: 'update', knownAs: 'high' })), NOW);
    expect(both.map(({ labels, endsAt }) => [labels['severity'], Date.parse(endsAt) > NOW])).toEqual([
      ['high', false],
      ['critical', true],
    ]);
  });
});

test('PagerDuty is asked to resolve under the key that was triggered', () => {
  const [fired] = toPagerDuty(alert(item()), 'k');
  const [ended] = toPagerDuty(alert(item({}, { action: 'resolve' })), 'k');
  expect([fired?.['event_action'], ended?.['event_action']]).toEqual(['trigger', 'resolve']);
  expect(fired?.['dedup_key']).toBe(ended?.['dedup_key']);
});

test('an OCSF finding has what class 2004 requires', () => {
  const [one] = toOcsf(alert(item()), '0.1.0', NOW);
  expect(one).toMatchObject({
    class_uid: 2004,
    category_uid: 2,
    activity_id: 1,
    type_uid: 200401,
    severity_id: 4,
    status_id: 1,
    time: 1_000,
  });
  expect(one).toMatchObject({
    metadata: { version: '1.5.0', product: { name: 'Keyhole', version: '0.1.0' } },
    finding_info: { uid: 'a-1', title: 'bulk_customer_email_read' },
  });
  const [closed] = toOcsf(alert(item({}, { action: 'resolve' })), '0.1.0', NOW);
  expect(closed).toMatchObject({ activity_id: 3, type_uid: 200403, status_id: 4 });
});

test('a webhook can be verified with the key, the time and the body', () => {
  const body = JSON.stringify(toWebhook(alert(item())));
  const signature = signatureOf(body, 'secret', NOW);
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  expect(v1).toBe(createHmac('sha256', 'secret').update(`${t}.${body}`).digest('hex'));
});

test('names that look like markup stay text', () => {
  const hostile = alert(item({ summary: 'e-1 <!channel> *bold* [link](http://evil.example) read 3' }));
  expect(JSON.stringify(toSlack(hostile))).not.toContain('<!channel>');
  expect(JSON.stringify(toTeams(hostile))).toContain('\\\\[link\\\\]');
});
